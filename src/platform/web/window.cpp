// The window in the browser: a canvas, with Emscripten's GLFW for WebGL 2 and input. What that GLFW
// lacks (device pixel sizes, clipboard, fingers, the browser's own keys) is the task of the host
// object of web/site/host.js, which calls the exported functions at the end of this file.
#include "platform/window.hpp"

#include <GLES3/gl3.h>
#include <GLFW/glfw3.h>
#include <emscripten.h>
#include <emscripten/html5.h>
#include <imgui.h>

#include <cstdlib>
#include <utility>

#include "platform/imgui_layer.hpp"

// JavaScript that C++ calls. boot.js passes `Module.host` to the module.
// clang-format off
EM_JS(void, host_opened, (void* window), { Module.host.opened(Module, window); });
EM_JS(int, host_fit, (), { return Module.host.fit() ? 1 : 0; });
EM_JS(int, host_width, (), { return Module.canvas.width; });
EM_JS(int, host_height, (), { return Module.canvas.height; });
EM_JS(double, host_css_width, (), { return Module.canvas.clientWidth; });
EM_JS(double, host_scale, (), { return Module.host.scale; });
EM_JS(int, host_dark, (), { return Module.host.dark ? 1 : 0; });
EM_JS(void, host_wants, (int text, int cursor), { Module.host.wants(text !== 0, cursor); });
EM_JS(void, host_copy, (const char* text), { Module.host.copy(UTF8ToString(text)); });
EM_JS(char*, host_fragment, (), { return stringToNewUTF8(Module.host.fragment); });
EM_JS(void, host_set_fragment, (const char* text), { Module.host.fragment = UTF8ToString(text); });
EM_JS(char*, host_link, (const char* fragment), {
  return stringToNewUTF8(Module.host.link(UTF8ToString(fragment)));
});
EM_JS(void, host_download, (const char* name, const uint8_t* bytes, size_t size), {
  Module.host.download(UTF8ToString(name), HEAPU8.slice(bytes, bytes + size));
});
EM_JS(char*, host_remembered, (const char* name), {
  const text = Module.host.remembered(UTF8ToString(name));
  return text === null ? 0 : stringToNewUTF8(text);
});
EM_JS(void, host_remember, (const char* name, const char* text), {
  Module.host.remember(UTF8ToString(name), UTF8ToString(text));
});
EM_JS(void, host_pick_file, (), { Module.host.pickFile(); });
EM_JS(int, host_offers_course, (), { return Module.host.offersCourse ? 1 : 0; });
EM_JS(void, host_open_share, (), { Module.host.openShare(); });
EM_JS(void, host_open_course, (), { Module.host.openCourse(); });
EM_JS_DEPS(downhill_window, "$UTF8ToString,$stringToNewUTF8");
// clang-format on

namespace downhill::platform {

namespace {

constexpr char kCanvas[] = "#canvas";

std::string taken(char* text) {  // text is from malloc, by JavaScript
  std::string copy(text);
  std::free(text);
  return copy;
}

}  // namespace

struct Window::State {
  GLFWwindow* window = nullptr;
  float wanted_scale = 0;
  std::optional<bool> wanted_dark;
  bool lost = false;  // the GL context
  bool refitted = false;
  uint32_t epoch = 1;
  bool wants_text = false;
  int cursor = 0;
  FrameShape shape;
  ImGuiLayer layer;
  std::string pasted;
  std::vector<OpenedFile> opened;
  std::function<void()> tick;

  FrameShape current_shape() const;
  void tell_wants();
};

FrameShape Window::State::current_shape() const {
  FrameShape now;
  now.width = host_width();
  now.height = host_height();
  now.scale = wanted_scale > 0 ? wanted_scale : static_cast<float>(host_scale());
  if (const double css = host_css_width(); css > 0) now.pointer_scale = now.width / css;
  now.dark = wanted_dark.value_or(host_dark() != 0);
  return now;
}

// Tells the host whether text input is wanted (for the keyboard of a phone), and the pointer shape.
void Window::State::tell_wants() {
  const bool text = ImGui::GetIO().WantTextInput;
  const int shape_now = ImGui::GetMouseCursor();
  if (text == wants_text && shape_now == cursor) return;
  wants_text = text;
  cursor = shape_now;
  host_wants(text ? 1 : 0, cursor);
}

namespace {

void connect_clipboard(std::string* pasted) {
  ImGuiIO& io = ImGui::GetIO();
  io.ClipboardUserData = pasted;
  io.SetClipboardTextFn = [](void* user, const char* text) {
    *static_cast<std::string*>(user) = text;  // so that pasting works without permission
    host_copy(text);
  };
  io.GetClipboardTextFn = [](void* user) -> const char* {
    return static_cast<std::string*>(user)->c_str();
  };
}

}  // namespace

Window::Window(std::unique_ptr<State> state) : state_(std::move(state)) {}
Window::~Window() = default;

Result<std::unique_ptr<Window>> Window::open(const WindowOptions& options) {
  std::unique_ptr<Window> opened(new Window(std::make_unique<State>()));
  State& state = *opened->state_;
  state.wanted_scale = options.scale;
  state.wanted_dark = options.dark;
  if (glfwInit() != GLFW_TRUE) return Error{"[window] the browser gives no canvas"};
  glfwWindowHint(GLFW_CLIENT_API, GLFW_OPENGL_ES_API);
  glfwWindowHint(GLFW_ALPHA_BITS, 0);
  glfwWindowHint(GLFW_DEPTH_BITS, 0);
  glfwWindowHint(GLFW_STENCIL_BITS, 0);
  int width = 1, height = 1;  // as the canvas: a change would reallocate its buffers
  emscripten_get_canvas_element_size(kCanvas, &width, &height);
  state.window = glfwCreateWindow(width, height, options.title.c_str(), nullptr, nullptr);
  if (state.window == nullptr) return Error{"[window] this browser gives no WebGL 2 context"};
  if (auto done = state.layer.open(state.window); !done) return done.error();
  // Emscripten's GLFW has no pointer shapes; the host sets them.
  ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NoMouseCursorChange;
  connect_clipboard(&state.pasted);

  // Returning true allows the browser to restore the context later.
  emscripten_set_webglcontextlost_callback(kCanvas, &state, false,
                                           [](int, const void*, void* user) -> EM_BOOL {
                                             auto* self = static_cast<State*>(user);
                                             self->lost = true;
                                             self->layer.context_lost();
                                             return EM_TRUE;
                                           });
  emscripten_set_webglcontextrestored_callback(kCanvas, &state, false,
                                               [](int, const void*, void* user) -> EM_BOOL {
                                                 auto* self = static_cast<State*>(user);
                                                 self->lost = false;
                                                 ++self->epoch;
                                                 self->layer.context_restored();
                                                 return EM_TRUE;
                                               });
  host_opened(&state);
  host_fit();
  state.shape = state.current_shape();
  return opened;
}

void Window::run(std::function<void()> tick) {
  state_->tick = std::move(tick);
  emscripten_set_main_loop_arg([](void* user) { static_cast<State*>(user)->tick(); }, state_.get(),
                               0, false);
}

void Window::close() { emscripten_cancel_main_loop(); }

bool Window::wants_frame(bool changed) {
  State& state = *state_;
  if (state.lost) return false;
  if (host_fit() != 0) changed = true;  // a canvas that was resized is blank
  state.shape = state.current_shape();
  return state.layer.wants_frame(state.shape, seconds(), changed);
}

void Window::begin_frame() { state_->layer.begin_frame(state_->shape, seconds()); }

void Window::end_frame(std::vector<uint8_t>* pixels) {
  state_->layer.end_frame(state_->shape, pixels);
  state_->tell_wants();
}

void Window::point(float x, float y, bool click) { state_->layer.point(x, y, click); }

int Window::width() const { return state_->shape.width; }
int Window::height() const { return state_->shape.height; }
float Window::scale() const { return state_->shape.scale; }
bool Window::dark() const { return state_->shape.dark; }
bool Window::touch() const { return state_->layer.touch(); }
uint32_t Window::context_epoch() const { return state_->epoch; }
void Window::fonts_changed() { state_->layer.fonts_changed(); }

std::string Window::fragment() const { return taken(host_fragment()); }
void Window::set_fragment(const std::string& fragment) { host_set_fragment(fragment.c_str()); }
std::string Window::link(const std::string& fragment) const {
  return taken(host_link(fragment.c_str()));
}
void Window::copy(const std::string& text) { host_copy(text.c_str()); }
std::optional<std::string> Window::remembered(const std::string& name) const {
  char* text = host_remembered(name.c_str());
  if (text == nullptr) return std::nullopt;
  return taken(text);
}
void Window::remember(const std::string& name, const std::string& text) {
  host_remember(name.c_str(), text.c_str());
}
double Window::seconds() const { return emscripten_get_now() / 1000; }

Result<std::string> Window::download(const std::string& name, std::span<const uint8_t> bytes) {
  host_download(name.c_str(), bytes.data(), bytes.size());
  return name + " is on its way to your downloads.";
}
Result<void> Window::pick_file() {
  host_pick_file();
  return {};
}
bool Window::offers_course() const { return host_offers_course() != 0; }
void Window::open_course() { host_open_course(); }
bool Window::open_share() {
  host_open_share();
  return true;
}
std::vector<OpenedFile> Window::take_opened() { return std::exchange(state_->opened, {}); }

}  // namespace downhill::platform

using WindowState = downhill::platform::Window::State;

extern "C" {

// The last press was by a finger (1) or a mouse (0).
EMSCRIPTEN_KEEPALIVE void downhill_touch(WindowState* window, int touch) {
  window->layer.set_touch(touch != 0);
}

// A finger was lifted, so there is no pointer now.
EMSCRIPTEN_KEEPALIVE void downhill_pointer_left(WindowState* window) {
  window->layer.pointer_left();
}

// Text that the user pasted; arrives before Dear ImGui sees the keys.
EMSCRIPTEN_KEEPALIVE void downhill_paste(WindowState* window, const char* text) {
  window->pasted = text;
}

// The user chose or dropped a file. Returns memory for its bytes, to be filled at once.
EMSCRIPTEN_KEEPALIVE uint8_t* downhill_opened(WindowState* window, const char* name, size_t size) {
  downhill::platform::OpenedFile& file = window->opened.emplace_back();
  file.name = name;
  file.bytes.resize(size);
  return file.bytes.data();
}

// A file was refused, for the reason given.
EMSCRIPTEN_KEEPALIVE void downhill_not_opened(WindowState* window, const char* sentence) {
  window->opened.emplace_back().error = sentence;
}

// Text typed on the keyboard of a phone.
EMSCRIPTEN_KEEPALIVE void downhill_type(WindowState*, const char* text) {
  ImGui::GetIO().AddInputCharactersUTF8(text);
}

// A key pressed on it: 0 backspace, 1 enter, 2 escape.
EMSCRIPTEN_KEEPALIVE void downhill_press(WindowState*, int which) {
  constexpr ImGuiKey keys[] = {ImGuiKey_Backspace, ImGuiKey_Enter, ImGuiKey_Escape};
  if (which < 0 || which > 2) return;
  ImGui::GetIO().AddKeyEvent(keys[which], true);
  ImGui::GetIO().AddKeyEvent(keys[which], false);
}

}  // extern "C"
