#include "passes/simplify/cse.h"

#include <algorithm>
#include <bit>
#include <string>
#include <unordered_map>

#include "passes/simplify/rewriter.h"

namespace tpc::passes {
namespace {

using ir::ValueId;

/// Whether lhs and rhs may change places (contract, moment, expect; the type is compared besides).
template <class Op>
concept SymmetricSum = requires(Op op) {
  op.lhs;
  op.rhs;
  op.over;
};

/// Puts operands that commute into one order.
template <class Op>
void sort_operands(Op& op) {
  std::visit(
      []<class Alternative>(Alternative& alternative) {
        if constexpr (std::is_same_v<Alternative, ir::Map>) {
          const bool commutes =
              alternative.primitive == ir::Primitive::Add || alternative.primitive == ir::Primitive::Mul;
          if (commutes) std::sort(alternative.arguments.begin(), alternative.arguments.end());
        } else if constexpr (SymmetricSum<Alternative>) {
          if (alternative.rhs.valid() && alternative.rhs < alternative.lhs) std::swap(alternative.lhs, alternative.rhs);
        }
      },
      op);
}

/// The bytes of an operation's fields: equal keys, equal operations.
class KeyWriter {
 public:
  explicit KeyWriter(size_t operation, const ir::Type& type) {
    put(operation);
    put(static_cast<uint64_t>(type.kind));
    put(type.dims);
  }
  template <class Field>
  void operator()(const char*, const Field& field) {
    put(field);
  }
  [[nodiscard]] std::string take() { return std::move(key_); }

 private:
  void put(uint64_t value) { key_.append(std::to_string(value)).push_back(','); }
  void put(const std::string& value) {
    put(value.size());
    key_.append(value);
  }
  void put(const ir::Rational& value) { put(value.str()); }
  void put(double value) { put(std::bit_cast<uint64_t>(value)); }
  template <class Tag>
  void put(ir::Id<Tag> value) {
    put(uint64_t{value.index});
  }
  template <class Element>
  void put(const std::vector<Element>& list) {
    put(list.size());
    for (const Element& element : list) put(element);
  }
  template <class Number>
    requires std::is_enum_v<Number> || std::is_integral_v<Number>
  void put(Number value) {
    put(static_cast<uint64_t>(value));
  }

  std::string key_;
};

template <class ModuleType>
void merge_equal(ModuleType& module) {
  using Op = typename ModuleType::Op;
  for (auto& function : module.functions) {
    std::unordered_map<std::string, ValueId> first;
    rewrite(module, function, [&](auto& builder, const Op& op, const auto& instruction) -> std::optional<ValueId> {
      if (has_effect(op)) return std::nullopt;
      Op sorted = op;
      sort_operands(sorted);
      KeyWriter key(op.index(), instruction.type);
      ir::for_each_field(sorted, key);
      const auto [found, is_new] = first.try_emplace(key.take(), builder.function().body.size());
      return is_new ? std::nullopt : std::optional(found->second);
    });
  }
}

}  // namespace

void eliminate_common_subexpressions(ir::tp::Module& module) { merge_equal(module); }
void eliminate_common_subexpressions(ir::limit::Module& module) { merge_equal(module); }

}  // namespace tpc::passes
