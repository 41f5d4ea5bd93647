// The program around the page, the same in the browser and on the desktop: gives snapshots to the
// page, carries out what the page asks for, keeps the address in step with the experiment. Wiring
// only.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gfx/gl_pictures.hpp"
#include "platform/engine_host.hpp"
#include "platform/window.hpp"
#include "session/client.hpp"
#include "session/race.hpp"
#include "ui/page.hpp"

namespace downhill {

class App {
 public:
  // `start_beside` starts an engine for one lane of a race.
  App(std::unique_ptr<platform::Window> window, std::unique_ptr<platform::EngineHost> engine,
      Race::StartEngine start_beside);

  // One refresh of the display. True when something was drawn; `pixels` as Window::end_frame.
  bool tick(std::vector<uint8_t>* pixels = nullptr);
  // Without a frame (a hidden tab): takes in what has come; `ask` requests a snapshot, too.
  void take_in(bool ask);

  // Where the file of a `save` goes: to the user as a download, or to a script by take_saved().
  enum class FileFor { user, script };
  struct Saved {
    uint32_t id = 0;  // of the `save`
    File file;
  };

  // A command in its text form. Returns the id of its answer, which take_answers gives when the
  // command is done.
  uint32_t send(std::string_view text, FileFor whom = FileFor::user);
  // A file that was saved earlier, or weights of PyTorch.
  uint32_t load(std::vector<uint8_t> bytes);
  // Why a command would be refused before anybody carries it out; empty: it would not be.
  std::string check(std::string_view text) const;
  // An edited address: the experiment that `fragment` describes.
  void open_link(std::string_view fragment);
  // Opening takes a while when digits have to be fetched first.
  bool opening_link() const { return link_id_ != 0; }
  // The words that the page explains, see ui/words.hpp. Returns why they were refused; empty: they
  // were not.
  std::string use_words(std::string_view text);
  std::vector<Answer> take_answers();
  // Files for scripts, whose answers take_answers() has returned.
  std::vector<Saved> take_saved() { return std::exchange(saved_, {}); }

  const Snapshot& snapshot() const { return client_.snapshot(); }
  const RaceView& race() const { return race_.view(); }
  // Why the engine is gone; empty while it runs.
  std::string failure() const { return client_.failure(); }
  // The experiment as the part of a link after '#', and the whole link.
  std::string fragment() const;
  std::string link() const { return window_->link(fragment()); }
  uint64_t frames() const { return frames_; }
  uint64_t snapshots() const { return client_.snapshots_received(); }
  platform::Window& window() { return *window_; }
  const ui::Page& page() const { return page_; }

 private:
  uint32_t send(Command command, FileFor whom = FileFor::user);
  uint32_t show(const ShowOrder& order);
  uint32_t begin_race(const RaceOrder& order);
  uint32_t cancel_race();
  void update_race(bool ask);
  void end_race(std::string error);
  uint32_t answer_now(std::string error);
  void take_opened();
  void hand_out(const Answer& answer);
  void show_note();
  void restyle();
  uint32_t carry_out(const Command& command);
  void carry_out(ui::Requests& requests);
  bool changed();
  void show_in_address(double now);

  // In this order, so that pictures and widgets are destroyed before the window's contexts.
  std::unique_ptr<platform::Window> window_;
  std::unique_ptr<platform::EngineHost> engine_;
  EngineClient client_;
  Race race_;
  gfx::GlPictures pictures_;
  ui::Page page_;
  ui::Requests requests_;

  uint32_t context_epoch_ = 0;
  bool drawing_ = true;
  uint64_t frames_ = 0;
  double last_update_ = 0, last_tick_ = 0;
  uint64_t last_look_ = 0;  // digest of what the last frame showed
  uint32_t link_id_ = 0;    // of the command that opens the link; 0: it is answered
  uint32_t opened_id_ = 0;  // of the command that loads the file `opened_name_`
  std::string opened_name_;
  std::string note_;    // of the engine, the last one shown
  // Shows a message at the foot of the page, also when it is the same as the last one.
  void say(std::string message) {
    notice_ = std::move(message);
    ++notices_;
  }

  std::string notice_;    // shown once: why a link was not opened, where a file is
  uint64_t notices_ = 0;  // said so far
  // The `save`s without an answer yet, and the files that have come: both in the engine's order.
  std::deque<std::pair<uint32_t, FileFor>> saves_;
  std::deque<File> files_;
  std::vector<Saved> saved_;
  uint32_t race_id_ = 0;  // of the command that began the race; 0: there is none
  bool resumes_ = false;  // the run was paused for the race, and continues after it
  double last_race_update_ = 0;
  bool expression_sent_ = false;              // by a script, a lesson or the page
  std::vector<Answer> answers_;               // to commands that the page carries out
  std::optional<ExperimentSpec> in_address_;  // that the address shows
  double address_time_ = 0;
  float first_speed_ = 1;  // of the first Play, see ui::Surroundings
};

}  // namespace downhill
