// nlohmann's JSON with exceptions: texts are parsed and written, documents shared, patched and converted, in several
// goroutines.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "together.h"

namespace {

using nlohmann::json;

enum class Kind { plain, gift, unknown };
NLOHMANN_JSON_SERIALIZE_ENUM(Kind, {{Kind::unknown, nullptr}, {Kind::plain, "plain"}, {Kind::gift, "gift"}})
struct Item {
  std::string name;
  int count;
  double price;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Item, name, count, price)
struct Order {
  std::int64_t id;
  Kind kind;
  std::vector<Item> items;
  std::map<std::string, std::string> notes;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, kind, items, notes)

constexpr const char* kOrder = R"({
  "id": 9007199254740993, "kind": "gift",
  "items": [{"name": "pencil", "count": 12, "price": 0.35},
            {"name": "\u00e9crou \ud83d\ude00", "count": 1, "price": 1e-3}],
  "notes": {"to": "Ada", "from": "line\nbreak\t\"quoted\""}
})";

// Read by all goroutines at once.
const json& shared() {
  static const json document = json::parse(kOrder);
  return document;
}

std::string documents() {
  const json& d = shared();
  std::string out = d.dump() + "\n" + d.dump(2) + "\n" + d.dump(-1, ' ', true) + "\n";
  out += d.at("/items/1/name"_json_pointer).get<std::string>() + "\n";
  for (const auto& [key, value] : d.items()) out += key + ": " + value.type_name() + "\n";
  return out + nlohmann::ordered_json::parse(kOrder).dump() + "\n";
}

std::string errors() {
  std::string out;
  for (const char* const text :
       {"", "{", "[1,]", "{\"a\":1 \"b\":2}", "nul", "[1e999]", "\"\\x\"", "\"\xff\"", "01", "[1] 2", "\"a\nb\""}) {
    try {
      out += json::parse(text).dump() + "\n";
    } catch (const json::exception& e) { out += std::to_string(e.id) + " " + e.what() + "\n"; }
  }
  const auto caught = [&](auto&& f) {
    try {
      f();
      out += "no error\n";
    } catch (const json::exception& e) { out += std::string(e.what()) + "\n"; }
  };
  caught([] { (void)shared().at("none"); });
  caught([] { (void)shared().at("id").get<std::string>(); });
  caught([] { (void)shared()["items"].at(7); });
  caught([] { (void)json::parse("{}").get<Order>(); });
  caught([] { json({1, 2}).push_back({"a", 1}); });
  caught([] { json("text")["key"] = 1; });
  caught([] { (void)json("\xc3(").dump(); });
  out += json("\xc3(").dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return out + (json::accept("[1,2]") ? "accepted" : "refused") + (json::accept("[1,2") ? " accepted\n" : " refused\n");
}

// Doubles of all sizes keep all their bits when they are written and read.
std::string doubles() {
  std::uint64_t bits = 88172645463325252;
  int finite = 0, same = 0;
  std::uint64_t sum = 14695981039346656037U;  // FNV-1a of all texts
  for (int i = 0; i < 2000; i++) {
    bits ^= bits << 13;
    bits ^= bits >> 7;
    bits ^= bits << 17;
    double v;
    std::memcpy(&v, &bits, sizeof(v));
    if (!std::isfinite(v)) continue;
    finite++;
    const std::string text = json(v).dump();
    const auto back = json::parse(text).get<double>();
    same += std::memcmp(&back, &v, sizeof(v)) == 0;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  std::string out = std::to_string(finite) + " " + std::to_string(same) + " " + std::to_string(sum) + "\n";
  return out + json({0.1, -0.0, 1.0, 1e300, 5e-324, 3.0e10, NAN, 123456789012345678}).dump() + "\n";
}

std::string types() {
  auto order = shared().get<Order>();
  order.items.push_back({"ruler", 2, 2.5});
  order.kind = Kind::plain;
  order.notes["count"] = std::to_string(order.items.size());
  const json back = order;
  const auto twice = json::parse("{\"a\":[1,2.5,true,null,\"x\"]}")["a"].get<std::vector<json>>();
  return back.dump() + "\n" + std::to_string(order.id) + " " + std::to_string(twice.size()) + " " +
         json(Kind::unknown).dump() + "\n";
}

std::string patches() {
  json d = json::parse(R"({"title": "a", "author": {"name": "b", "mail": "c"}, "tags": [1, 2, 3]})");
  const json before = d;
  d.merge_patch(json::parse(R"({"title": "z", "author": {"mail": null}, "extra": {"deep": [true]}})"));
  const json difference = json::diff(before, d);
  const json patched = before.patch(json::parse(
      R"([{"op": "add", "path": "/tags/1", "value": "new"}, {"op": "move", "from": "/title", "path": "/name"},
          {"op": "test", "path": "/author/name", "value": "b"}, {"op": "remove", "path": "/author"}])"));
  std::string out = d.dump() + "\n" + difference.dump() + "\n" + patched.dump() + "\n" +
                    (before.patch(difference) == d ? "same\n" : "different\n");
  out += before.flatten().dump() + "\n";
  return out + (before.flatten().unflatten() == before ? "same\n" : "different\n");
}

// A SAX handler: what comes, without a document.
struct Counter : nlohmann::json_sax<json> {
  std::string log;
  bool null() override { return add("null"); }
  bool boolean(bool v) override { return add(v ? "true" : "false"); }
  bool number_integer(std::int64_t v) override { return add("i" + std::to_string(v)); }
  bool number_unsigned(std::uint64_t v) override { return add("u" + std::to_string(v)); }
  bool number_float(double, const std::string& text) override { return add("f" + text); }
  bool string(std::string& v) override { return add("'" + v + "'"); }
  bool binary(json::binary_t&) override { return add("binary"); }
  bool start_object(std::size_t) override { return add("{"); }
  bool key(std::string& v) override { return add(v + ":"); }
  bool end_object() override { return add("}"); }
  bool start_array(std::size_t) override { return add("["); }
  bool end_array() override { return add("]"); }
  bool parse_error(std::size_t at, const std::string& token, const nlohmann::detail::exception& e) override {
    log += "error at " + std::to_string(at) + " near " + token + ": " + e.what();
    return false;
  }
  bool add(const std::string& s) {
    log += s + " ";
    return true;
  }
};

std::string sax() {
  std::string out;
  for (const char* const text : {"{\"a\": [1, -2, 3.50, null, true], \"b\": {\"c\": \"d\"}}", "[1, 2, }"}) {
    Counter counter;
    const bool good = json::sax_parse(text, &counter);
    out += counter.log + (good ? "good\n" : "bad\n");
  }
  return out;
}

// Binary forms, and streams.
std::string binary() {
  std::string out;
  const auto hex = [&](const std::vector<std::uint8_t>& bytes) {
    for (const std::uint8_t b : bytes) out += "0123456789abcdef"[b >> 4], out += "0123456789abcdef"[b & 15];
    out += "\n";
  };
  const json small = {{"a", {1, -1000, 70000, 2.5, nullptr}}, {"b", "text"}};
  hex(json::to_cbor(small));
  hex(json::to_msgpack(small));
  hex(json::to_bson(small));
  hex(json::to_ubjson(small));
  out += json::from_cbor(json::to_cbor(shared())) == shared() ? "same " : "different ";
  out += json::from_msgpack(json::to_msgpack(shared())) == shared() ? "same\n" : "different\n";
  std::istringstream in("[1, 2] {\"x\": 3}");
  json first, second;
  in >> first >> second;
  std::ostringstream text;
  text << first << " " << std::setw(2) << second << "\n";
  return out + text.str();
}

std::string part(int number) {
  constexpr std::string (*const kParts[])() = {documents, errors, doubles, types, patches, sax, binary};
  return "-- " + std::to_string(number) + "\n" + kParts[number]();
}

}  // namespace

int main() { together(7, part); }
