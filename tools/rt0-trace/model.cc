#include "model.h"

namespace rt0trace {

bool IdSet::has(int64_t id) const {
  auto it = ranges_.upper_bound(id);
  return it != ranges_.begin() && std::prev(it)->second >= id;
}

void IdSet::add(int64_t id) {
  auto next = ranges_.upper_bound(id);
  if (next != ranges_.begin() && std::prev(next)->second >= id - 1) {
    auto before = std::prev(next);
    if (before->second < id) before->second = id;
    if (next != ranges_.end() && next->first == id + 1) {
      before->second = next->second;
      ranges_.erase(next);
    }
    return;
  }
  if (next != ranges_.end() && next->first == id + 1) {
    const int64_t last = next->second;
    ranges_.erase(next);
    ranges_.emplace(id, last);
    return;
  }
  ranges_.emplace(id, id);
  if (ranges_.size() > kMaxRanges) ranges_.erase(ranges_.begin());
}

Model::Model() {
  ms_[0] = {};
  m_ids_.add(0);
}

string Model::ending() const {
  if (!begun_) return "it is empty: this is no trace";
  // After a fatal error the process may end by a signal, without Exit, to leave a core dump.
  if (exit_ != 0 || throw_ != 0) return {};
  return "the trace is cut: it ends without Exit, because it was truncated or its program was killed";
}

std::optional<Violation> follow(Reader& reader, const std::function<void(const Step&, const Model&)>& on,
                                Model* model) {
  Line line;
  Step step;
  while (reader.next(&line)) {
    if (auto v = model->step(line, &step)) return v;
    if (on) on(step, *model);
  }
  return std::nullopt;
}

string explain(const string& file, const Violation& v) {
  string s = file + ":" + std::to_string(v.line) + ": " + v.what + "\n    " + printable(v.text, kMaxLine) + "\n";
  for (const string& fact : v.known) s += "  known: " + fact + "\n";
  return s;
}

}  // namespace rt0trace
