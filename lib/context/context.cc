#include "lib/context/context.h"

#include "base/types.h"
#include "rt0/panic.h"
#include "sched/proc.h"

namespace rt0::context {

namespace {

constinit Node background_node(Kind::root);
constinit Node todo_node(Kind::root);

// Adds a reference to n; false if the last one is gone.
bool try_ref(Node* n) {
  for (;;) {  // ends when the count does not change between the load and the CAS
    const u32 r = n->refs.load();
    if (r == 0) return false;
    if (n->refs.compare_and_swap(r, r + 1)) return true;
  }
}

// Takes n out of the list of c, its canceller.
void unlist(CancelNode* c, CancelNode* n) REQUIRES(c->mu) {
  if (n->prev != nullptr) n->prev->next = n->next;
  else c->first = n->next;
  if (n->next != nullptr) n->next->prev = n->prev;
  else c->last = n->prev;
  n->next = n->prev = nullptr;
  n->listed = false;
}

void leave_canceller(CancelNode* n) {
  CancelNode* c = n->canceller;
  if (c == nullptr) return;
  c->mu.lock();
  if (n->listed) unlist(c, n);
  c->mu.unlock();
}

// Takes n's children out of its list and puts them, in their order, in front of `list`, each with a reference.
CancelNode* take_children(CancelNode* n, CancelNode* list) REQUIRES(n->mu) {
  CancelNode* head = nullptr;
  CancelNode** end = &head;
  while (CancelNode* child = n->first) {
    unlist(n, child);
    if (!try_ref(child)) continue;  // C2: the child is being freed, and will find that it is not listed any more
    *end = child;
    end = &child->next;
  }
  *end = list;
  return head;
}

// Cancels n alone. Its children are put in front of `list`, for the caller to cancel.
CancelNode* end_one(CancelNode* n, Error err, Error why, CancelNode* list) {
  n->mu.lock();
  const bool first = !n->err;
  if (first) {
    n->err = err;
    n->cause = why;
    if (n->done) n->done.close();
    list = take_children(n, list);
  }
  n->mu.unlock();
  if (first && n->ended != nullptr) n->ended(n);
  return list;
}

// The node of an after_func keeps its function in `value`, until the end of its context or stop takes it.
detail::TimerFunc* take_function(Node* n) {
  return static_cast<detail::TimerFunc*>(__atomic_exchange_n(&n->value, nullptr, __ATOMIC_SEQ_CST));
}

void run_function(CancelNode* n) {
  if (detail::TimerFunc* f = take_function(n); f != nullptr) {
    go([f] {
      const detail::Finally destroy([f] { f->destroy(f); });
      f->call(f);
    });
    detail::context_unref(n);  // the reference of context_new_after
  }
}

}  // namespace

void need_parent(const Node* parent) {
  if (parent == nullptr) panic("cannot create context from nil parent");
}

void set_parent(Node* n, Node* parent) {
  detail::context_ref(parent);
  n->parent = parent;
}

CancelNode* cancel_node(Node* n) {
  while (n != nullptr && n->kind == Kind::value) n = n->parent;
  return n == nullptr || n->kind != Kind::cancel ? nullptr : static_cast<CancelNode*>(n);
}

void propagate_cancel(CancelNode* n) {
  CancelNode* c = cancel_node(n->parent);
  if (c == nullptr) return;
  n->canceller = c;
  op_point(c);
  c->mu.lock();
  const Error err = c->err, why = c->cause;
  if (!err) {
    n->prev = c->last;
    if (c->last != nullptr) c->last->next = n;
    else c->first = n;
    c->last = n;
    n->listed = true;
  }
  c->mu.unlock();
  if (err) cancel(n, err, why);
}

// Cancels a parent before its children, and the children in the order in which they were made, each with all its
// descendants before the next. In Go the order of the children is random. Not recursive, so a deep tree needs no deep
// stack: `todo` lists the nodes to be cancelled, each with a reference.
void cancel(CancelNode* n, Error err, Error cause) {
  op_point(n);
  if (!cause) cause = err;
  leave_canceller(n);
  CancelNode* todo = end_one(n, err, cause, nullptr);
  while (todo != nullptr) {
    CancelNode* at = todo;
    todo = end_one(at, err, cause, at->next);
    detail::context_unref(at);
  }
}

Context background() {
  detail::context_ref(&background_node);
  return Context(&background_node);
}

Context todo() {
  detail::context_ref(&todo_node);
  return Context(&todo_node);
}

Error cause(const Context& ctx) {
  CancelNode* c = cancel_node(ctx.node());
  if (c == nullptr) return Error();
  op_point(c);
  LockGuard held(c->mu);
  return c->cause;
}

Context::Deadline Context::deadline() const {
  for (Node* n = n_; n != nullptr && n->kind != Kind::without_cancel; n = n->parent)
    if (n->kind == Kind::cancel)
      if (auto* c = static_cast<const CancelNode*>(n); c->has_deadline) return {c->deadline, true};
  return {Time(), false};
}

}  // namespace rt0::context

namespace rt0::detail {

using context::CancelNode;
using context::Kind;
using context::Node;

// Relaxed order would be enough: the goroutine that copies a handle keeps the count above 0.
void context_ref(Node* n) { (void)n->refs.add(1); }

void context_unref(Node* n) {
  while (n != nullptr && n->refs.add(static_cast<u32>(-1)) == 0) {
    if (n->kind == Kind::cancel) context::leave_canceller(static_cast<CancelNode*>(n));
    Node* parent = n->parent;
    if (n->destroy_value != nullptr) n->destroy_value(n->value);
    if (n->destroy != nullptr) n->destroy(n);
    else delete n;
    n = parent;  // n's reference to its parent is dropped next
  }
}

Chan<Unit> context_done(Node* n) {
  CancelNode* c = context::cancel_node(n);
  if (c == nullptr) return {};
  op_point(c);
  LockGuard held(c->mu);
  if (!c->done) {
    c->done = Chan<Unit>(0);
    if (c->err) c->done.close();
  }
  return c->done;
}

context::Error context_err(Node* n) {
  CancelNode* c = context::cancel_node(n);
  if (c == nullptr) return context::Error();
  op_point(c);
  LockGuard held(c->mu);
  return c->err;
}

const void* context_value(Node* n, const void* key) {
  for (; n != nullptr; n = n->parent)
    if (n->kind == Kind::value && n->key == key) return n->value;
  return nullptr;
}

Node* context_new_value(Node* parent, const void* key, void* value, void (*destroy)(void*)) {
  context::need_parent(parent);
  Node* n = new Node(Kind::value);
  context::set_parent(n, parent);
  n->key = key;
  n->value = value;
  n->destroy_value = destroy;
  return n;
}

Node* context_new_without_cancel(Node* parent) {
  context::need_parent(parent);
  Node* n = new Node(Kind::without_cancel);
  context::set_parent(n, parent);
  return n;
}

Node* context_new_cancel(Node* parent) {
  context::need_parent(parent);
  CancelNode* n = new CancelNode;
  context::set_parent(n, parent);
  context::propagate_cancel(n);
  return n;
}

Node* context_new_after(Node* parent, TimerFunc* f) {
  context::need_parent(parent);
  CancelNode* n = new CancelNode;
  context::set_parent(n, parent);
  n->value = f;
  n->ended = context::run_function;
  context_ref(n);  // until the function has been taken
  context::propagate_cancel(n);
  return n;
}

bool context_stop_after(Node* n) {
  op_point(n);
  TimerFunc* f = context::take_function(n);
  if (f == nullptr) return false;
  context::cancel(static_cast<CancelNode*>(n), context::kCanceled, context::Error());
  f->destroy(f);
  context_unref(n);
  return true;
}

void context_cancel(Node* n, context::Error cause) {
  context::cancel(static_cast<CancelNode*>(n), context::kCanceled, cause);
}

}  // namespace rt0::detail
