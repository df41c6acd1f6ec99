// The contexts' tree. Go: context.go. See include/rt0/context.h.
//
//   C1  A node has a reference to its parent. So the way up is always there.
//   C2  A node that can be cancelled and has not been is in the list of the nearest such ancestor, its canceller. The
//       list is no reference: a node that goes takes itself out first, under the canceller's lock; and the canceller,
//       which takes it from the list to cancel it, takes a reference under the same lock, unless there is none left and
//       the node is on its way to take itself out.
//   C3  Locks: a node's mu is held alone, never with another node's. Nothing is freed while one is held.
#pragma once

#include "rt0/context.h"

namespace rt0::context {

enum class Kind : unsigned char { root, value, without_cancel, cancel };

struct Node {
  atomic::Uint32 refs{1};
  Kind kind;
  Node* parent = nullptr;
  const void* key = nullptr;  // of a value node; also its value, and the function that destroys it
  void* value = nullptr;
  void (*destroy_value)(void*) = nullptr;
  void (*destroy)(Node* n) = nullptr;  // frees the node; null: delete as a Node

  constexpr explicit Node(Kind k) : kind(k) {}
};

struct CancelNode : Node {
  void (*ended)(CancelNode* n) = nullptr;  // the node has just been cancelled, for the first time; no lock held
  CancelNode* canceller = nullptr;         // never changes once others know the node; nor do the next two
  bool has_deadline = false;
  Time deadline;
  CancelNode *next = nullptr, *prev = nullptr;  // its place among the canceller's children [canceller->mu];
  bool listed = false;  // once it is not listed any more, next belongs to the goroutine that took it out

  sync::Mutex mu;                                // guards:
  Chan<Unit> done;                               // nil until done() is called
  Error err, cause;                              // none until it ends
  CancelNode *first = nullptr, *last = nullptr;  // children to cancel

  CancelNode() : Node(Kind::cancel) {
    destroy = [](Node* n) { delete static_cast<CancelNode*>(n); };
  }
};

// A new cancel node under parent, set up by its maker, is told of its ancestors' end from here on; at once, if they
// have ended.
void propagate_cancel(CancelNode* n);
// Ends n and all below it. Go: cancelCtx.cancel, with removeFromParent.
void cancel(CancelNode* n, Error err, Error cause);
// n's nearest ancestor that can be cancelled, itself included; null if none can.
CancelNode* cancel_node(Node* n);
// Panics as Go does if there is no parent; else gives n one.
void set_parent(Node* n, Node* parent);
void need_parent(const Node* parent);

}  // namespace rt0::context
