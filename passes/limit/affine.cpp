#include "ir/core/primitive_traits.h"
#include "ir/limit/random.h"
#include "passes/limit/derive_limit.h"

namespace tpc::passes {
namespace {

namespace limit = ir::limit;
using ir::Kind;
using ir::Primitive;
using ir::ValueId;
using limit::is_random;

bool is_affine_map(const limit::Function& function, const ir::Map& map) {
  const bool second = map.arguments.size() > 1 && is_random(function, map.arguments[1]);
  return ir::is_affine_in(map.primitive, map.power, {is_random(function, map.arguments[0]), second});
}

/// Rewrites one function in place: inserting instructions moves the ids behind them, so it is copied over.
class Homogenizer {
 public:
  Homogenizer(limit::Module& module, const limit::Function& source) : source_(source), builder_(module, result_) {
    result_.key = source.key;
  }

  limit::Function run() {
    for (size_t i = 0; i < source_.body.size(); ++i) copy(ValueId(i));
    for (const ir::Result& r : source_.results) result_.results.push_back({r.name, renamed_[r.value.index]});
    return std::move(result_);
  }

 private:
  void copy(ValueId id) {
    limit::Instruction instruction = source_.at(id);
    ir::for_each_operand(instruction.op, [&](ValueId& operand) { operand = renamed_[operand.index]; });
    if (auto* map = std::get_if<ir::Map>(&instruction.op); map && instruction.type.kind == Kind::vector) {
      if (map->primitive == Primitive::Add || map->primitive == Primitive::Sub) {
        for (ValueId& argument : map->arguments) argument = as_random(argument);
      }
    } else if (auto* expect = std::get_if<limit::Expect>(&instruction.op); expect && !expect->rhs.valid()) {
      expect->rhs = unit();
    }
    result_.body.push_back(std::move(instruction));
    renamed_.push_back(ValueId(result_.body.size() - 1));
  }

  ValueId as_random(ValueId id) { return is_random(result_, id) ? id : builder_.mul(id, unit()); }
  ValueId unit() {
    if (!unit_.valid()) unit_ = builder_.insert(limit::Unit{});
    return unit_;
  }

  const limit::Function& source_;
  limit::Function result_;
  limit::Builder builder_;
  std::vector<ValueId> renamed_;
  ValueId unit_;
};

}  // namespace

bool is_affine(const limit::Module& module) {
  for (const limit::Function& function : module.functions) {
    for (const limit::Instruction& instruction : function.body) {
      if (instruction.type.kind == Kind::pair) return false;
      const auto* map = std::get_if<ir::Map>(&instruction.op);
      if (map && !is_affine_map(function, *map)) return false;
    }
  }
  return true;
}

void homogenize(limit::Module& module) {
  for (limit::Function& function : module.functions) function = Homogenizer(module, function).run();
}

}  // namespace tpc::passes
