// The window on the desktop: GLFW with OpenGL ES 3.0 through EGL.
#include "platform/window.hpp"

#include <GLFW/glfw3.h>

#include <cmath>
#include <utility>

#include "platform/imgui_layer.hpp"
#include "platform/native/user_files.hpp"

namespace downhill::platform {
namespace {

// Also receives files dropped on the window. It is the user pointer of the GLFW window.
struct Layer : ImGuiLayer {
  std::vector<OpenedFile> opened;

  static void dropped(GLFWwindow* window, int count, const char** paths) {
    auto* self = static_cast<Layer*>(static_cast<ImGuiLayer*>(glfwGetWindowUserPointer(window)));
    for (int i = 0; i < count; ++i) self->opened.push_back(read_user_file(paths[i]));
  }
};

}  // namespace

struct Window::State {
  GLFWwindow* window = nullptr;
  bool library = false;  // glfwInit has succeeded
  float wanted_scale = 0;
  bool dark = false;
  bool drew = false;  // whether the last tick drew a frame
  FrameShape shape;
  Layer layer;
  std::string fragment, files;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();
  FrameShape current_shape() const;
};

FrameShape Window::State::current_shape() const {
  FrameShape now;
  glfwGetFramebufferSize(window, &now.width, &now.height);
  int window_width = 0, window_height = 0;
  glfwGetWindowSize(window, &window_width, &window_height);
  if (window_width > 0) now.pointer_scale = static_cast<double>(now.width) / window_width;
  float y_scale = 1;
  glfwGetWindowContentScale(window, &now.scale, &y_scale);
  if (wanted_scale > 0) now.scale = wanted_scale;
  now.dark = dark;
  return now;
}

namespace {

Error glfw_error(const char* what) {
  const char* why = nullptr;
  glfwGetError(&why);
  return Error{"[window] " + std::string(what) + (why != nullptr ? ": " + std::string(why) : "")};
}

}  // namespace

Window::State::~State() = default;

Window::Window(std::unique_ptr<State> state) : state_(std::move(state)) {}

Window::~Window() {
  GLFWwindow* window = state_->window;
  const bool library = state_->library;
  state_.reset();  // deletes the GL objects of Dear ImGui before their context
  if (window != nullptr) glfwDestroyWindow(window);
  if (library) glfwTerminate();
}

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options) {
  std::unique_ptr<Window> opened(new Window(std::make_unique<State>()));
  State& state = *opened->state_;
  if (glfwInit() != GLFW_TRUE) return glfw_error("there is no display to open a window on");
  state.library = true;
  state.wanted_scale = options.scale;
  state.dark = options.dark.value_or(false);
  state.files = options.files;
  glfwWindowHint(GLFW_CLIENT_API, GLFW_OPENGL_ES_API);
  glfwWindowHint(GLFW_CONTEXT_CREATION_API, GLFW_EGL_CONTEXT_API);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  glfwWindowHint(GLFW_VISIBLE, options.visible ? GLFW_TRUE : GLFW_FALSE);
  glfwWindowHint(GLFW_SCALE_TO_MONITOR, options.scale > 0 ? GLFW_FALSE : GLFW_TRUE);
  const float scale = options.scale > 0 ? options.scale : 1.0f;
  state.window =
      glfwCreateWindow(static_cast<int>(std::lround(static_cast<float>(options.width) * scale)),
                       static_cast<int>(std::lround(static_cast<float>(options.height) * scale)),
                       options.title.c_str(), nullptr, nullptr);
  if (state.window == nullptr) return glfw_error("no window with OpenGL ES 3.0 could be opened");
  glfwMakeContextCurrent(state.window);
  glfwSwapInterval(options.visible ? 1 : 0);
  if (auto done = state.layer.open(state.window); !done) return done.error();
  glfwSetDropCallback(state.window, Layer::dropped);
  state.shape = state.current_shape();
  return opened;
}

void Window::run(std::function<void()> tick) {
  State& state = *state_;
  while (glfwWindowShouldClose(state.window) != GLFW_TRUE) {
    state.drew = false;
    tick();
    // Swapping buffers after a frame waits for the display. Without a frame, wait here, but not for
    // long, because the engine keeps running.
    if (state.drew) {
      glfwPollEvents();
    } else {
      glfwWaitEventsTimeout(1.0 / 60);
    }
  }
}

void Window::close() { glfwSetWindowShouldClose(state_->window, GLFW_TRUE); }

bool Window::wants_frame(bool changed) {
  state_->shape = state_->current_shape();
  return state_->layer.wants_frame(state_->shape, seconds(), changed);
}

void Window::begin_frame() { state_->layer.begin_frame(state_->shape, seconds()); }

void Window::end_frame(std::vector<uint8_t>* pixels) {
  state_->layer.end_frame(state_->shape, pixels);
  glfwSwapBuffers(state_->window);
  state_->drew = true;
}

void Window::point(float x, float y, bool click) { state_->layer.point(x, y, click); }

int Window::width() const { return state_->shape.width; }
int Window::height() const { return state_->shape.height; }
float Window::scale() const { return state_->shape.scale; }
bool Window::dark() const { return state_->shape.dark; }
bool Window::touch() const { return state_->layer.touch(); }
uint32_t Window::context_epoch() const { return 1; }  // the desktop's context is never lost
void Window::fonts_changed() { state_->layer.fonts_changed(); }

std::string Window::fragment() const { return state_->fragment; }
void Window::set_fragment(const std::string& fragment) { state_->fragment = fragment; }
std::string Window::link(const std::string& fragment) const { return "#" + fragment; }
std::optional<std::string> Window::remembered(const std::string&) const { return std::nullopt; }
void Window::remember(const std::string&, const std::string&) {}
void Window::copy(const std::string& text) { glfwSetClipboardString(state_->window, text.c_str()); }
double Window::seconds() const { return glfwGetTime(); }

Result<std::string> Window::download(const std::string& name, std::span<const uint8_t> bytes) {
  return write_user_file(state_->files, name, bytes);
}
Result<void> Window::pick_file() {
  return Error{"[load] drop the file on this window: the desktop app has no file chooser"};
}
bool Window::offers_course() const { return false; }
void Window::open_course() {}
bool Window::open_share() { return false; }
std::vector<OpenedFile> Window::take_opened() { return std::exchange(state_->layer.opened, {}); }

}  // namespace downhill::platform
