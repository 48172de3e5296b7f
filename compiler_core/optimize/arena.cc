#include "compiler_core/optimize/arena.h"

#include <algorithm>
#include <numeric>

namespace sinter::optimize {
namespace {

using ir::SymExpr;

constexpr int64_t kAlignment = 64;

SymExpr Aligned(const SymExpr& bytes) {
  if (SymExpr::ExactDiv(bytes, SymExpr(kAlignment))) return bytes;
  return CeilDiv(bytes, SymExpr(kAlignment)) * SymExpr(kAlignment);
}

struct Slot {
  SymExpr bytes;
  int busy_until = -1;
};

// The free slot that fits best: the smallest that is large enough, else the largest that may grow.
int ChooseSlot(const std::vector<Slot>& slots, int first, const SymExpr& bytes) {
  int fits = -1, grows = -1;
  for (size_t i = 0; i < slots.size(); ++i) {
    const Slot& slot = slots[i];
    if (slot.busy_until >= first) continue;
    if (SymExpr::ProvablyLessEqual(bytes, slot.bytes)) {
      if (fits < 0 || SymExpr::ProvablyLessEqual(slot.bytes, slots[fits].bytes)) fits = i;
    } else if (SymExpr::ProvablyLessEqual(slot.bytes, bytes)) {
      if (grows < 0 || SymExpr::ProvablyLessEqual(slots[grows].bytes, slot.bytes)) grows = i;
    }
  }
  return fits >= 0 ? fits : grows;
}

}  // namespace

ArenaPlan PlanArena(const std::vector<Lifetime>& lifetimes) {
  std::vector<int> order(lifetimes.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return lifetimes[a].first < lifetimes[b].first; });
  std::vector<Slot> slots;
  std::vector<int> slot_of(lifetimes.size(), -1);
  for (int id : order) {
    const Lifetime& life = lifetimes[id];
    if (life.first < 0) continue;
    SymExpr bytes = Aligned(life.bytes);
    int slot = ChooseSlot(slots, life.first, bytes);
    if (slot < 0) {
      slot = static_cast<int>(slots.size());
      slots.push_back({bytes, -1});
    } else if (!SymExpr::ProvablyLessEqual(bytes, slots[slot].bytes)) {
      slots[slot].bytes = bytes;
    }
    slots[slot].busy_until = life.last;
    slot_of[id] = slot;
  }
  ArenaPlan plan;
  std::vector<SymExpr> slot_offsets;
  for (const Slot& slot : slots) {
    slot_offsets.push_back(plan.bytes);
    plan.bytes = plan.bytes + slot.bytes;
  }
  for (int slot : slot_of) plan.offsets.push_back(slot < 0 ? SymExpr(0) : slot_offsets[slot]);
  return plan;
}

}  // namespace sinter::optimize
