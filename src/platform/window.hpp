// The one window of the program: a canvas in the browser, a GLFW window on the desktop. Owns the GL
// context, the contexts of Dear ImGui and ImPlot, input, and when a frame is drawn at all.
// Coordinates are device pixels everywhere (Dear ImGui's too), so that lines and letters are sharp
// at any pixel ratio. Knows no widgets and no training.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace downhill::platform {

struct WindowOptions {
  std::string title = "Downhill";
  int width = 1360, height = 850;  // dp; in the browser the page decides
  float scale = 0;                 // device pixels per dp; 0: the display's
  std::optional<bool> dark;        // nothing: what the user prefers
  bool visible = true;
  std::string files = ".";  // the folder for files that the user saves; in the browser it decides
};

// What the user chose or dropped on the window.
struct OpenedFile {
  std::string name;
  std::vector<uint8_t> bytes;
  std::string error;  // why it was refused, in a sentence; empty: it was read
};
// web/site/files.js has the same number.
inline constexpr size_t kMaxOpenedBytes = size_t{64} << 20;

class Window {
 public:
  static Result<std::unique_ptr<Window>> open(const WindowOptions& options);
  ~Window();

  // Calls `tick` once per refresh of the display until the window is closed. On the desktop it
  // returns then; in the browser it returns at once and the browser goes on calling, except while
  // the tab is hidden.
  void run(std::function<void()> tick);
  void close();

  // Looks at the window's shape and input. False: nothing to draw now, do not begin a frame. That
  // is so without a GL context, and when neither `changed` nor input nor the shape asks for a new
  // picture.
  bool wants_frame(bool changed);
  // Begins a frame of Dear ImGui.
  void begin_frame();
  // Draws what Dear ImGui collected. `pixels` receives the frame, RGBA, top row first.
  void end_frame(std::vector<uint8_t>* pixels = nullptr);

  // The pointer as if the user had moved it to a device pixel and perhaps clicked: for scripts and
  // tests.
  void point(float x, float y, bool click);

  // Device pixels.
  int width() const;
  int height() const;
  float scale() const;  // device pixels per dp: 1, 1.5, 2, 3 ...
  bool dark() const;    // the theme that the user prefers
  bool touch() const;   // the last press was a finger's
  // Grows when the GL context has been lost: everything on the GPU has to be made again.
  uint32_t context_epoch() const;
  // The font atlas of Dear ImGui was rebuilt: upload it before the next frame.
  void fonts_changed();

  // What stands after '#' in the page's address (on the desktop: what was set last).
  std::string fragment() const;
  void set_fragment(const std::string& fragment);
  // The address that opens this page with that fragment.
  std::string link(const std::string& fragment) const;

  // Puts text on the system's clipboard.
  void copy(const std::string& text);

  // Gives the user a file: a download in the browser, a file in the folder on the desktop. Returns
  // a sentence that says where it is.
  Result<std::string> download(const std::string& name, std::span<const uint8_t> bytes);
  // Lets the user choose a file; in the browser only as the consequence of a press. Refused on the
  // desktop, where files are dropped on the window.
  Result<void> pick_file();
  // Files that were chosen or dropped since the last call.
  std::vector<OpenedFile> take_opened();

  double seconds() const;  // monotonic, from an arbitrary start

  struct State;  // each world's own

 private:
  explicit Window(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace downhill::platform
