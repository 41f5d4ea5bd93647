// What the windows of desktop and browser share: Dear ImGui with input from GLFW, drawn by OpenGL
// ES 3 in device pixels. Also decides whether a frame is needed: nothing is drawn while nothing
// changes.
#pragma once

#include <vector>

#include "base/result.hpp"

struct GLFWwindow;

namespace downhill::platform {

struct FrameShape {
  int width = 0, height = 0;  // device pixels
  float scale = 1;            // device pixels per dp
  double pointer_scale = 1;   // device pixels per unit of GLFW's pointer coordinates
  bool dark = false;
  bool operator==(const FrameShape&) const = default;
};

class ImGuiLayer {
 public:
  ImGuiLayer() = default;
  ~ImGuiLayer();
  ImGuiLayer(const ImGuiLayer&) = delete;
  ImGuiLayer& operator=(const ImGuiLayer&) = delete;

  // Precondition: the window's GL context is current. Takes over the window's user pointer and its
  // input callbacks.
  Result<void> open(GLFWwindow* window);

  // Whether to draw a frame at time `now` (seconds).
  bool wants_frame(const FrameShape& shape, double now, bool changed);
  void begin_frame(const FrameShape& shape, double now);
  void end_frame(const FrameShape& shape, std::vector<uint8_t>* pixels);

  void fonts_changed() { upload_fonts_ = true; }
  void context_lost();      // drops the GL objects of Dear ImGui
  void context_restored();  // makes them again
  void set_touch(bool touch);
  void point(float x, float y, bool click);
  void pointer_left();  // nothing is hovered
  bool touch() const { return touch_; }

 private:
  struct Callbacks;

  GLFWwindow* window_ = nullptr;
  FrameShape shape_;
  bool open_ = false, upload_fonts_ = false, touch_ = false;
  bool blank_ = false;  // a restored context shows nothing
  double active_until_ = 0, last_frame_ = 0;
};

}  // namespace downhill::platform
