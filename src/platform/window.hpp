// The window of the program: a canvas in the browser, a GLFW window on the desktop. Owns the GL
// context, the contexts of Dear ImGui and ImPlot, and input, and decides when a frame is drawn.
// Coordinates are device pixels everywhere, in Dear ImGui too, so that lines and letters are sharp
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
  float scale = 0;                 // device pixels per dp; 0: that of the display
  std::optional<bool> dark;        // unset: the preference of the user
  bool visible = true;
  std::string files = ".";  // folder for saved files; the browser has its own
};

// A file that the user chose or dropped on the window.
struct OpenedFile {
  std::string name;
  std::vector<uint8_t> bytes;
  std::string error;  // why it was refused, as a sentence; empty if it was read
};
// Keep equal to kMaxBytes in web/site/files.js.
inline constexpr size_t kMaxOpenedBytes = size_t{64} << 20;

class Window {
 public:
  static Result<std::unique_ptr<Window>> open(const WindowOptions& options);
  ~Window();

  // Calls `tick` once per refresh of the display until the window is closed. On the desktop it
  // returns then. In the browser it returns at once, and the browser keeps calling `tick` except
  // while the tab is hidden.
  void run(std::function<void()> tick);
  void close();

  // Checks size and input. False: do not begin a frame, because there is no GL context, or because
  // neither `changed`, nor input, nor the size requires a new picture.
  bool wants_frame(bool changed);
  // Begins a frame of Dear ImGui.
  void begin_frame();
  // Draws what Dear ImGui has collected. `pixels` receives the frame as RGBA, top row first.
  void end_frame(std::vector<uint8_t>* pixels = nullptr);

  // Moves the pointer to a device pixel, and perhaps clicks, as a user would: for scripts and
  // tests.
  void point(float x, float y, bool click);

  // Device pixels.
  int width() const;
  int height() const;
  float scale() const;  // device pixels per dp: 1, 1.5, 2, 3 ...
  bool dark() const;    // whether the user prefers a dark theme
  bool touch() const;   // whether the last press was by a finger
  // Grows when the GL context is lost: everything on the GPU must be made again.
  uint32_t context_epoch() const;
  // Call it after rebuilding the font atlas of Dear ImGui: it is uploaded before the next frame.
  void fonts_changed();

  // The fragment of the page's address, after '#' (on the desktop: what was set last).
  std::string fragment() const;
  void set_fragment(const std::string& fragment);
  // The address of this page with that fragment.
  std::string link(const std::string& fragment) const;

  // Copies text to the clipboard.
  void copy(const std::string& text);

  // Small texts that outlast the visit, by name; nothing where the browser keeps none, and on the
  // desktop.
  std::optional<std::string> remembered(const std::string& name) const;
  void remember(const std::string& name, const std::string& text);

  // Gives the user a file: a download in the browser, a file in the folder on the desktop. Returns
  // a sentence that says where it is.
  Result<std::string> download(const std::string& name, std::span<const uint8_t> bytes);
  // Lets the user choose a file; the browser allows that only in response to a press. Refused on
  // the desktop, where files are dropped on the window.
  Result<void> pick_file();
  // The course beside the page, in the browser only: whether it is there and not open yet.
  bool offers_course() const;
  void open_course();
  // The sheet "Share" beside the canvas; false where there is none.
  bool open_share();
  // The files chosen or dropped since the last call.
  std::vector<OpenedFile> take_opened();

  double seconds() const;  // monotonic, from an arbitrary start

  struct State;  // one for the browser, one for the desktop

 private:
  explicit Window(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace downhill::platform
