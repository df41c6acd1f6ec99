// CLI11 with exceptions: several command lines are parsed at once, each by a goroutine with a parser of its own; then
// the program's own command line.
#include <CLI/CLI.hpp>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "together.h"

namespace {

enum class Level { low, middle, high };

// What a command line has said.
struct Options {
  int count = 1;
  double factor = 0.5;
  std::string name = "nobody";
  std::vector<std::string> files;
  bool verbose = false;
  int loud = 0;
  Level level = Level::middle;
  std::string remote, branch = "main";
  std::vector<std::pair<std::string, int>> pairs;
  std::string colour;
};

std::string said(const Options& o) {
  std::ostringstream out;
  out << o.count << ' ' << o.factor << ' ' << o.name << ' ' << o.verbose << o.loud << static_cast<int>(o.level) << ' '
      << o.remote << '/' << o.branch << " [" << CLI::detail::join(o.files) << "]";
  for (const auto& [key, value] : o.pairs) out << ' ' << key << '=' << value;
  out << ' ' << o.colour << '\n';
  return out.str();
}

void describe(CLI::App& app, Options& o) {
  app.name("tool");
  app.footer("Written for a test.");
  app.set_version_flag("--version", std::string("tool 1.2"));
  app.add_option("-c,--count", o.count, "how many")->check(CLI::Range(1, 100))->capture_default_str();
  app.add_option("--factor", o.factor, "a factor")->check(CLI::PositiveNumber)->envname("TOOL_FACTOR");
  app.add_option("-n,--name", o.name, "a name")->group("Names");
  app.add_option("--pair", o.pairs, "keys and values");
  app.add_option("files", o.files, "input files");
  app.add_flag("-v,--verbose,!--quiet", o.verbose, "say more");
  app.add_flag("-l", o.loud, "louder each time");
  const std::map<std::string, Level> levels{{"low", Level::low}, {"middle", Level::middle}, {"high", Level::high}};
  app.add_option("--level", o.level, "a level")->transform(CLI::CheckedTransformer(levels, CLI::ignore_case));
  app.add_option("--colour", o.colour)->check(CLI::IsMember({"red", "green"}))->excludes("--name");
  app.add_option("--input", "a file")->check(CLI::ExistingFile);
  app.set_config("--config", "", "read an ini file");
  auto* const push = app.add_subcommand("push", "send something");
  push->add_option("remote", o.remote, "where to")->required();
  push->add_option("-b,--branch", o.branch, "which branch");
  app.add_subcommand("list", "list everything")->alias("ls");
  app.require_subcommand(0, 1);
}

// Parses the words and returns what was printed and the exit status.
std::string parsed(const std::vector<std::string>& words) {
  Options o;
  CLI::App app{"A tool that does nothing"};
  describe(app, o);
  std::vector<const char*> argv{"tool"};
  for (const std::string& w : words) argv.push_back(w.c_str());
  std::string out = "$ tool " + CLI::detail::join(words, " ") + "\n";
  try {
    app.parse(static_cast<int>(argv.size()), argv.data());
  } catch (const CLI::ParseError& e) {
    std::ostringstream to_stdout, to_stderr;
    const int status = app.exit(e, to_stdout, to_stderr);
    return out + to_stdout.str() + to_stderr.str() + e.get_name() + " " + std::to_string(status) + "\n";
  }
  for (const CLI::App* sub : app.get_subcommands()) out += sub->get_name() + ": ";
  return out + said(o);
}

const std::vector<std::vector<std::string>> kLines = {
    {},
    {"-c", "7", "--factor=2.25", "-v", "a", "b"},
    {"-vlll", "--name", "Ada Lovelace", "--level", "HIGH", "--", "-odd"},
    {"--quiet", "--pair", "one", "1", "two", "2"},
    {"push", "origin", "-b", "dev"},
    {"ls"},
    {"--help"},
    {"push", "--help"},
    {"--version"},
    {"-c", "0"},
    {"-c", "seven"},
    {"--factor", "-1"},
    {"--level", "top"},
    {"--colour", "blue"},
    {"--colour", "red", "--name", "x"},
    {"push"},
    {"--unknown"},
    {"--count"},
    {"push", "a", "list"},
    {"--input", "/there/is/no/such/file"},
};

std::string part(int number) { return parsed(kLines[static_cast<std::size_t>(number)]); }

// Options from a file's text, and the text that the options make.
std::string config() {
  Options o;
  CLI::App app{"config"};
  describe(app, o);
  std::istringstream in(
      "count = 12\nname = \"from the file\"\nfiles = [\"x\", \"y\"]\n# a remark\n[push]\nremote = far\n");
  app.get_subcommand("push")->configurable();
  app.parse_from_stream(in);
  return said(o) + app.config_to_str(false, false);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) {
    together(static_cast<int>(kLines.size()), part);
    put(config());
    return 0;
  }
  Options o;
  CLI::App app{"A tool that does nothing"};
  describe(app, o);
  CLI11_PARSE(app, argc, argv);  // prints to std::cout or std::cerr
  put(said(o));
  return 3;
}
