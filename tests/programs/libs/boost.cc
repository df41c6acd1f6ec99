// Boost's containers that are headers only, intrusive ones too, and some of its other libraries: filled, sorted and
// read in several goroutines.
#include <boost/algorithm/string.hpp>
#include <boost/circular_buffer.hpp>
#include <boost/container/flat_map.hpp>
#include <boost/container/flat_set.hpp>
#include <boost/container/small_vector.hpp>
#include <boost/container/stable_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/dynamic_bitset.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/intrusive/unordered_set.hpp>
#include <boost/lexical_cast.hpp>
#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/member.hpp>
#include <boost/multi_index/ordered_index.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "together.h"

namespace {

namespace bc = boost::container;
namespace bi = boost::intrusive;

std::string flat() {
  std::ostringstream out;
  bc::flat_map<std::string, int> map;
  for (const char* const word : {"pear", "apple", "fig", "apple", "kiwi", "fig", "fig"}) map[word]++;
  for (const auto& [word, n] : map) out << word << '=' << n << ' ';
  out << map.index_of(map.find("kiwi")) << ' ' << map.contains("plum") << ' ' << map.lower_bound("g")->first << '\n';
  bc::flat_set<int> set{5, 1, 4, 1, 3};
  set.insert(2);
  set.erase(4);
  for (const int n : set) out << n;
  try {
    (void)map.at("plum");
  } catch (const std::out_of_range& e) { out << ' ' << e.what(); }
  return out.str() + "\n";
}

std::string vectors() {
  std::ostringstream out;
  bc::small_vector<std::string, 4> small;
  for (int i = 0; i < 10; i++)
    small.push_back(std::string(static_cast<std::size_t>(i * 3), static_cast<char>('a' + i)));
  small.erase(small.begin() + 1, small.begin() + 8);
  for (const std::string& s : small) out << '[' << s << ']';
  bc::static_vector<int, 3> fixed{1, 2, 3};
  try {
    fixed.push_back(4);
  } catch (const std::exception& e) { out << " full " << fixed.size(); }
  // References stay valid while the vector grows.
  bc::stable_vector<int> stable;
  stable.push_back(42);
  const int& first = stable.front();
  for (int i = 0; i < 1000; i++) stable.push_back(i);
  stable.insert(stable.begin() + 1, 7);
  out << ' ' << (&first == &stable[0]) << first << stable[1] << stable.size() << '\n';
  return out.str();
}

struct Task : bi::list_base_hook<>, bi::set_base_hook<>, bi::unordered_set_base_hook<> {
  int priority;
  std::string name;
  Task(int p, std::string n) : priority(p), name(std::move(n)) {}
  friend bool operator<(const Task& a, const Task& b) { return a.priority < b.priority; }
  friend bool operator==(const Task& a, const Task& b) { return a.name == b.name; }
  friend std::size_t hash_value(const Task& t) { return t.name.size(); }
};

std::string intrusive() {
  std::ostringstream out;
  std::vector<std::unique_ptr<Task>> tasks;
  for (const auto& [p, name] : {std::pair(3, "three"), std::pair(1, "one"), std::pair(2, "two"), std::pair(9, "nine")})
    tasks.push_back(std::make_unique<Task>(p, name));
  bi::list<Task> order;
  bi::set<Task> by_priority;
  bi::unordered_set<Task>::bucket_type buckets[8];
  bi::unordered_set<Task> by_name(bi::unordered_set<Task>::bucket_traits(buckets, 8));
  for (const auto& t : tasks) {
    order.push_front(*t);
    by_priority.insert(*t);
    by_name.insert(*t);
  }
  for (const Task& t : order) out << t.name << ' ';
  for (const Task& t : by_priority) out << t.priority;
  by_priority.erase(by_priority.begin());
  order.erase(order.iterator_to(*tasks[0]));
  out << ' ' << by_priority.begin()->name << ' ' << order.size() << ' ' << by_name.count(Task(0, "two")) << '\n';
  by_name.clear();
  by_priority.clear();
  order.clear();
  return out.str();
}

std::string rings() {
  std::ostringstream out;
  boost::circular_buffer<int> ring(4);
  for (int i = 1; i <= 10; i++) ring.push_back(i * i);
  for (const int n : ring) out << n << ' ';
  ring.rotate(ring.begin() + 2);
  ring.push_front(0);
  out << ring.front() << ' ' << ring.back() << ' ' << ring.full() << '\n';
  boost::dynamic_bitset<> bits(70);
  for (std::size_t i = 0; i < 70; i += 7) bits.set(i);
  out << bits << ' ' << bits.count() << ' ' << bits.find_next(20) << ' ' << (bits << 1).find_first() << '\n';
  return out.str();
}

struct Person {
  int id;
  std::string name;
  int age;
};
struct ById {};
struct ByName {};

std::string indexed() {
  namespace mi = boost::multi_index;
  using People = mi::multi_index_container<
      Person, mi::indexed_by<mi::ordered_unique<mi::tag<ById>, mi::member<Person, int, &Person::id>>,
                             mi::hashed_non_unique<mi::tag<ByName>, mi::member<Person, std::string, &Person::name>>,
                             mi::ordered_non_unique<mi::member<Person, int, &Person::age>>, mi::sequenced<>>>;
  std::ostringstream out;
  People people;
  people.insert({3, "Ada", 36});
  people.insert({1, "Grace", 85});
  people.insert({2, "Ada", 20});
  out << people.insert({1, "again", 0}).second << people.get<ByName>().count("Ada") << ' ';
  for (const Person& p : people.get<ById>()) out << p.id << p.name << ' ';
  for (const Person& p : people.get<2>()) out << p.age << ' ';
  people.modify(people.find(3), [](Person& p) { p.age = 99; });
  for (const Person& p : people.get<3>()) out << p.name << p.age << ' ';
  return out.str() + "\n";
}

std::string texts() {
  std::ostringstream out;
  std::vector<std::string> words;
  boost::split(words, "a,b;;c", boost::is_any_of(",;"), boost::token_compress_on);
  out << boost::join(words, "+") << ' ' << boost::to_upper_copy(std::string("shout")) << ' '
      << boost::trim_copy(std::string("  x ")) << ' ' << boost::replace_all_copy(std::string("aXbX"), "X", "--") << ' '
      << boost::icontains("Hello", "ELL") << '\n';
  out << boost::lexical_cast<int>("-42") + 1 << ' ' << boost::lexical_cast<std::string>(2.5) << ' '
      << boost::lexical_cast<double>("1e3") << ' ';
  try {
    out << boost::lexical_cast<int>("x1");
  } catch (const boost::bad_lexical_cast& e) { out << e.what(); }
  return out.str() + "\n";
}

std::string part(int number) {
  constexpr std::string (*const kParts[])() = {flat, vectors, intrusive, rings, indexed, texts};
  return "-- " + std::to_string(number) + "\n" + kParts[number % 6]();
}

}  // namespace

int main() { together(12, part); }
