// The tree of contexts. Go: context.go. See include/rt0/context.h.
//
//   C1  A node has a reference to its parent. So all its ancestors exist.
//   C2  A node that can be cancelled, and has not been, is in the list of its canceller: its nearest ancestor that can
//       be cancelled. The list does not count as a reference. A node that is freed takes itself out first, under the
//       canceller's lock. A canceller that takes a node out to cancel it adds a reference under the same lock; if the
//       count is 0, the node is about to take itself out, and the canceller leaves it alone.
//   C3  A goroutine holds the mu of one node at a time. No node is freed while a mu is held.
#pragma once

#include "base/guards.h"
#include "rt0/context.h"

namespace rt0::context {

enum class Kind : unsigned char { root, value, without_cancel, cancel };

struct Node {
  atomic::Uint32 refs{1};
  Kind kind;
  Node* parent = nullptr;
  const void* key = nullptr;  // key, value and destroy_value: of a value node
  void* value = nullptr;      // of an after_func's node: the function, until it is taken
  void (*destroy_value)(void*) = nullptr;
  void (*destroy)(Node* n) = nullptr;  // frees the node; null: delete as a Node

  constexpr explicit Node(Kind k) : kind(k) {}
};

struct CancelNode : Node {
  void (*ended)(CancelNode* n) = nullptr;  // called once, when the node has just been cancelled; no lock is held
  CancelNode* canceller = nullptr;         // this and the next two never change once another goroutine has the node
  bool has_deadline = false;
  Time deadline;
  CancelNode *next = nullptr, *prev = nullptr;  // in the list of the canceller's children, under canceller->mu
  bool listed = false;  // in that list. If not, the goroutine that took the node out may use `next`

  sync::Mutex mu;
  Chan<Unit> done GUARDED_BY(mu);  // nil until done() is called
  Error err GUARDED_BY(mu);        // none until the node is cancelled
  Error cause GUARDED_BY(mu);      // the same
  // The children to be cancelled with it.
  CancelNode* first GUARDED_BY(mu) = nullptr;
  CancelNode* last GUARDED_BY(mu) = nullptr;

  CancelNode() : Node(Kind::cancel) {
    destroy = [](Node* n) { delete static_cast<CancelNode*>(n); };
  }
};

// Makes the new node n, which has its parent and all fields set, end with its ancestors; if one has ended, n ends now.
void propagate_cancel(CancelNode* n);
// Cancels n and all its descendants. Go: cancelCtx.cancel, with removeFromParent.
void cancel(CancelNode* n, Error err, Error cause);
// n's nearest ancestor that can be cancelled, itself included; null if none can.
CancelNode* cancel_node(Node* n);
// Makes parent, with a new reference, n's parent.
void set_parent(Node* n, Node* parent);
// Panics, as Go does, if parent is null.
void need_parent(const Node* parent);

}  // namespace rt0::context
