#include "commands.hpp"

#include <cstdio>
#include <cstdlib>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "roof.hpp"
#include "workloads.hpp"

namespace downhill::bench {

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}
std::string member(const char* name, double value) {
  return std::string("\"") + name + "\":" + number(value);
}
std::string member(const char* name, std::string_view value) {
  return std::string("\"") + name + "\":" + json_text(value);
}
std::string failed(std::string_view sentence) { return "{" + member("error", sentence) + "}"; }

std::string list_workloads() {
  std::string json;
  for (const Workload& workload : workloads()) {
    json += (json.empty() ? "[{" : ",{") + member("name", std::string_view(workload.name)) + "," +
            member("title", std::string_view(workload.title)) + "," +
            member("multiply_adds", workload.multiply_adds) + "}";
  }
  return json + "]";
}

std::string prepare(Bench& bench, std::string_view name, std::string_view edits) {
  const Workload* workload = find_workload(name);
  if (workload == nullptr) return failed("[bench] there is no workload " + quoted(name));
  Result<ExperimentSpec> spec = edit_spec({}, workload->edits);
  if (spec) spec = edit_spec(*spec, edits);
  if (!spec) return failed(spec.error().message);
  const Result<void> prepared = bench.prepare(*spec);
  if (!prepared) return failed(prepared.error().message);
  const double parameters = static_cast<double>(bench.trainer().model().slabs().count());
  return "{" + member("batch", spec->batch) + "," + member("parameters", parameters) + "}";
}

std::string print_profile(const Profile& profile) {
  std::string json = "{\"ops\":[";
  for (const Profile::Op& op : profile.ops) {
    json += (json.back() == '[' ? "{" : ",{") + member("name", std::string_view(op.name)) + "," +
            member("shape", std::string_view(op.shape)) + "," +
            member("forward_ns", op.forward_ns) + "," + member("backward_ns", op.backward_ns) + "}";
  }
  json += "],\"phase_ns\":{";
  for (size_t i = 0; i < profile.phase_ns.size(); ++i) {
    if (json.back() != '{') json += ",";
    json += member(std::string(kPhaseNames[i]).c_str(), profile.phase_ns[i]);
  }
  return json + "}," + member("steps", profile.steps) + "," +
         member("allocations", profile.allocations) + "," +
         member("tape_bytes", static_cast<double>(profile.tape_bytes)) + "," +
         member("parameter_bytes", static_cast<double>(profile.parameter_bytes)) + "}";
}

std::string print_roof(const Roof& roof) {
  return "{" + member("tile", roof.tile) + "," + member("product", roof.product) + "}";
}

std::string print_rate(const Rate& rate) {
  return "{" + member("images", rate.done) + "," + member("seconds", rate.seconds) + "}";
}

}  // namespace

std::string answer(Bench& bench, std::string_view line) {
  std::vector<std::string_view> words = split(line, ' ');
  words.resize(3);
  const std::string_view command = words[0];
  if (command == "workloads") return list_workloads();
  if (command == "prepare") return prepare(bench, words[1], words[2]);
  const double seconds = std::atof(std::string(words[1]).c_str());
  if (command == "roof") return print_roof(measure_roof(seconds));
  if (!bench.prepared())
    return failed("[bench] " + quoted(command) + " before anything is prepared");
  if (command == "train") {
    const Result<Rate> rate = bench.train(seconds);
    return rate ? print_rate(*rate) : failed(rate.error().message);
  }
  if (command == "profile") {
    const Result<Profile> profile = bench.profile(seconds);
    return profile ? print_profile(*profile) : failed(profile.error().message);
  }
  if (command == "test") {
    const Evaluation test = bench.test();
    return "{" + member("accuracy", double{1} * test.correct / test.count) + "}";
  }
  return failed("[bench] there is no command " + quoted(command));
}

}  // namespace downhill::bench
