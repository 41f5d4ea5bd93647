#include "session/tools.hpp"

#include "train/curvature.hpp"
#include "train/loss_line.hpp"
#include "train/lr_finder.hpp"

namespace downhill {
namespace {

// One of the helpers of train, whose result() is a member of Findings.
template <class Helper, auto kFinding>
class HelperTool final : public Tool {
 public:
  HelperTool(std::string_view name, Trainer& trainer) : name_(name), helper_(trainer) {}
  bool advance() override { return helper_.advance(); }
  void publish(Findings& findings) const override { findings.*kFinding = helper_.result(); }
  std::string_view name() const override { return name_; }

 private:
  std::string_view name_;
  Helper helper_;
};

}  // namespace

std::unique_ptr<Tool> make_tool(CommandKind kind, Trainer& trainer) {
  const std::string_view name = command_name(kind);
  if (kind == CommandKind::find_lr) {
    return std::make_unique<HelperTool<LrFinder, &Findings::lr_sweep>>(name, trainer);
  }
  if (kind == CommandKind::sharpness) {
    return std::make_unique<HelperTool<PowerIteration, &Findings::sharpness>>(name, trainer);
  }
  if (kind == CommandKind::loss_line) {
    return std::make_unique<HelperTool<LossLineProbe, &Findings::loss_line>>(name, trainer);
  }
  return nullptr;
}

}  // namespace downhill
