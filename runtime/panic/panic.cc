// The end of a process by a panic that no deferred call has recovered. Go: panic.go.
//
// The texts and the exit status are Go's. The code here must work when the rest of the runtime does not: it allocates
// nothing, takes no lock that may be held in a broken state (print_lock is not taken while m->dying), and a fault in it
// ends the process at once.
#include "runtime/panic/panic.h"

#include "runtime/diag/print.h"
#include "runtime/diag/traceback.h"
#include "runtime/panic/defer.h"

namespace rt0 {

namespace {

using ull = unsigned long long;  // what %llu takes

// Every line but the first is indented. Go: printindented.
void put_indented(Writer& w, Text s) {
  for (usize i = 0; i < s.len; i++) {
    w.put(s.ptr[i]);
    if (s.ptr[i] == '\n') w.put('\t');
  }
}

// text: the result of the value's Error or String method, or null if it has none. Go: printpanicval.
void put_value(Writer& w, Any v, const Text* text) {
  if (v.type == nullptr) {
    w.put("nil");
    return;
  }
  if (text != nullptr) {
    put_indented(w, *text);
    return;
  }
  const Str name(v.type->name.ptr, v.type->name.len);
  if (v.type->operand == nullptr) {  // the value cannot be printed: prints its type and address
    w.fmt("(%.*s) %#llx", static_cast<i32>(name.len), name.ptr, static_cast<ull>(reinterpret_cast<uintptr>(v.data)));
    return;
  }
  const PrintArg a = v.type->operand(v.data);
  const bool is_string = a.kind == PrintArg::Kind::string;
  if (a.kind == PrintArg::Kind::pointer) {
    w.fmt("(%.*s) ", static_cast<i32>(name.len), name.ptr);
  } else if (v.type->is_named) {
    w.put(name);
    w.put(is_string ? Str("(\"") : Str("("));
  }
  if (is_string) put_indented(w, a.string);
  else put_arg(w, a);
  if (v.type->is_named) w.put(is_string ? Str("\")") : Str(")"));
}

}  // namespace

// Ends the process if the method of a panic's value panics itself. Go: the deferred function of preprintpanics.
struct PanicWhilePrinting : InternalDefer {
  static void run(DeferRecord*) {
    const Any v = detail::gorecover();
    if (v.type == nullptr) return;
    char why[256];
    usize n = 0;
    auto put = [&](Text s) {
      for (usize i = 0; i < s.len && n < sizeof(why); i++) why[n++] = s.ptr[i];
    };
    put(text_of("panic while printing panic value: "));
    if (v.type == &detail::kType<const char*>) {
      put(v.type->operand(v.data).string);
    } else {
      put(text_of("type "));
      put(v.type->name);
    }
    fatal_at(Str(why, n), Throwing::runtime, trace_here());
  }
};

static const Panic* next_panic(const Panic* p) {
  while (p != nullptr && (p->deferreturn || p->goexit)) p = p->link;
  return p;
}

// Does p repeat the recovered value of the panic before it?
static bool repeats(const Panic* p) {
  const Panic* older = next_panic(p->link);
  return older != nullptr && p->origin != nullptr && p->origin == older->value.data;
}

// Calls the value's Error or String method. If the method recovers a panic of its own, the text stays empty.
static void ask_for_text(void* panic) {
  Panic* p = static_cast<Panic*>(panic);
  constexpr Interface kAsk[] = {Interface::error, Interface::stringer};
  for (Interface i : kAsk) {
    const Itab it = getitab(i, p->value.type);
    if (it.fn == nullptr) continue;
    p->has_text = true;
    p->text = it.fn(p->value.data);
    return;
  }
}

// Calls the Error and String methods of the values, before paniclk is held: the methods are code of the program, which
// may print or panic. Go: preprintpanics.
static void preprintpanics(Panic* p) {
  PanicWhilePrinting d;
  d.push(PanicWhilePrinting::run);
  for (; p != nullptr; p = p->link)
    if (p->value.type != nullptr && !repeats(p)) call_with_recover_point(ask_for_text, p);
  d.pop();
}

// Prints p and the panics before it, the oldest first. again: the panic after p repeats p's value and is not printed
// itself. Go: printpanics.
static void printpanics(Writer& w, const Panic* p, bool again) {
  if (const Panic* older = next_panic(p->link)) {
    const bool repeated = repeats(p);
    printpanics(w, older, repeated);
    if (repeated) return;
    w.put('\t');
  }
  w.put("panic: ");
  put_value(w, p->value, p->has_text ? &p->text : nullptr);
  if (p->recovered) w.put(again ? Str(" [recovered, repanicked]") : Str(" [recovered]"));
  w.put('\n');
}

void fatalpanic(Panic* p, TracePoint at) {
  G* gp = getg();
  preprintpanics(p);
  systemstack([&] {
    startpanic_m();
    // From here on `panicking` keeps main from exiting. Go: fatalpanic.
    (void)runningPanicDefers.sub_seqcst(1);
    {
      Writer w(kStderr);
      printpanics(w, p, false);
    }
    die(gp, at);
  });
  __builtin_unreachable();
}

void bad_panic(Any value, const char* why) {
  {
    Writer w(kStderr);
    w.put("panic: ");
    put_value(w, value, nullptr);
    w.put('\n');
  }
  throw_(why);
}

void panic_any(Any value) { gopanic(value); }

void panic_plain(const char* text) {
  const Str s = cstr(text);
  const RuntimeError e(Text{s.ptr, s.len});
  gopanic({&detail::kType<RuntimeError>, &e});
}
void panic_divide() { panic_plain("runtime error: integer divide by zero"); }

}  // namespace rt0
