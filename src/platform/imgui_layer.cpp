#include "platform/imgui_layer.hpp"

#include <GLES3/gl3.h>
#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>
#include <implot.h>

#include <algorithm>
#include <cfloat>

namespace downhill::platform {
namespace {

// Frames continue this long (in seconds) after input, so that delayed hovers and caret blinks are
// drawn.
constexpr double kStayActive = 1.5;

void read_pixels(const FrameShape& shape, std::vector<uint8_t>& pixels) {
  const size_t row = static_cast<size_t>(shape.width) * 4;
  const size_t rows = static_cast<size_t>(shape.height);
  pixels.resize(row * rows);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, shape.width, shape.height, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  for (size_t y = 0; y < rows / 2; ++y) {  // the first row of GL is the bottom one
    std::swap_ranges(pixels.begin() + static_cast<ptrdiff_t>(y * row),
                     pixels.begin() + static_cast<ptrdiff_t>((y + 1) * row),
                     pixels.begin() + static_cast<ptrdiff_t>((rows - 1 - y) * row));
  }
}

}  // namespace

// GLFW's callbacks, forwarded to Dear ImGui in device pixels.
struct ImGuiLayer::Callbacks {
  static ImGuiLayer& layer(GLFWwindow* window) {
    return *static_cast<ImGuiLayer*>(glfwGetWindowUserPointer(window));
  }

  static void cursor(GLFWwindow* window, double x, double y) {
    const double scale = layer(window).shape_.pointer_scale;
    ImGui_ImplGlfw_CursorPosCallback(window, x * scale, y * scale);
  }

  // A finger may press where the pointer has never been, so report the position first.
  static void button(GLFWwindow* window, int button, int action, int mods) {
    double x = 0, y = 0;
    glfwGetCursorPos(window, &x, &y);
    cursor(window, x, y);
    ImGui_ImplGlfw_MouseButtonCallback(window, button, action, mods);
  }

  static void enter(GLFWwindow* window, int entered) {
    if (entered != GLFW_TRUE) layer(window).pointer_left();
  }

  // Tells the backend of Dear ImGui once that the pointer is inside. Otherwise the backend asks
  // GLFW for the position every frame, in units that are not device pixels, and sees a pointer
  // where there is none.
  static void install(GLFWwindow* window) {
    ImGui_ImplGlfw_CursorEnterCallback(window, GLFW_TRUE);
    layer(window).pointer_left();
    glfwSetCursorPosCallback(window, cursor);
    glfwSetMouseButtonCallback(window, button);
    glfwSetWindowFocusCallback(window, ImGui_ImplGlfw_WindowFocusCallback);
    glfwSetCursorEnterCallback(window, enter);
    glfwSetScrollCallback(window, ImGui_ImplGlfw_ScrollCallback);
    glfwSetKeyCallback(window, ImGui_ImplGlfw_KeyCallback);
    glfwSetCharCallback(window, ImGui_ImplGlfw_CharCallback);
  }
};

Result<void> ImGuiLayer::open(GLFWwindow* window) {
  window_ = window;
  glfwSetWindowUserPointer(window, this);
  ImGui::CreateContext();
  ImPlot::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // write no files
  io.LogFilename = nullptr;
  open_ = true;
  if (!ImGui_ImplGlfw_InitForOpenGL(window, false) || !ImGui_ImplOpenGL3_Init("#version 300 es")) {
    return Error{"[window] Dear ImGui cannot draw with this OpenGL ES"};
  }
  Callbacks::install(window);
  return {};
}

ImGuiLayer::~ImGuiLayer() {
  if (!open_) return;
  if (ImGui::GetIO().BackendRendererUserData != nullptr) ImGui_ImplOpenGL3_Shutdown();
  if (ImGui::GetIO().BackendPlatformUserData != nullptr) ImGui_ImplGlfw_Shutdown();
  ImPlot::DestroyContext();
  ImGui::DestroyContext();
}

bool ImGuiLayer::wants_frame(const FrameShape& shape, double now, bool changed) {
  if (shape.width <= 0 || shape.height <= 0) return false;
  const bool input = !ImGui::GetCurrentContext()->InputEventsQueue.empty();
  if (changed || input || upload_fonts_ || blank_ || shape != shape_ ||
      ImGui::GetIO().WantTextInput) {
    active_until_ = now + kStayActive;
  }
  return now < active_until_;
}

void ImGuiLayer::begin_frame(const FrameShape& shape, double now) {
  shape_ = shape;
  blank_ = false;
  if (upload_fonts_) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
    upload_fonts_ = false;
  }
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(shape.width), static_cast<float>(shape.height)};
  io.DisplayFramebufferScale = {1, 1};
  io.DeltaTime = static_cast<float>(std::clamp(now - last_frame_, 1e-4, 0.1));
  last_frame_ = now;
  ImGui::NewFrame();
}

void ImGuiLayer::end_frame(const FrameShape& shape, std::vector<uint8_t>* pixels) {
  ImGui::Render();
  const ImVec4& clear = ImGui::GetStyle().Colors[ImGuiCol_WindowBg];
  glViewport(0, 0, shape.width, shape.height);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(clear.x, clear.y, clear.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  if (pixels != nullptr) read_pixels(shape, *pixels);
}

// Deleting the objects is silent while the context is lost; later it is an error.
void ImGuiLayer::context_lost() { ImGui_ImplOpenGL3_DestroyDeviceObjects(); }

void ImGuiLayer::context_restored() {
  ImGui_ImplOpenGL3_CreateDeviceObjects();
  blank_ = true;
}

void ImGuiLayer::set_touch(bool touch) {
  touch_ = touch;
  ImGui::GetIO().AddMouseSourceEvent(touch ? ImGuiMouseSource_TouchScreen : ImGuiMouseSource_Mouse);
}

void ImGuiLayer::point(float x, float y, bool click) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMousePosEvent(x, y);
  if (!click) return;
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, true);
  io.AddMouseButtonEvent(ImGuiMouseButton_Left, false);
}

void ImGuiLayer::pointer_left() { ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX); }

}  // namespace downhill::platform
