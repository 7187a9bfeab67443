#include "passes/mup/initial_scales.h"

#include <algorithm>
#include <optional>

#include "passes/width/abstract_value.h"
#include "passes/width/forward.h"
#include "passes/width/wording.h"

namespace tpc::passes::mup {

using ir::Exponent;
using ir::Kind;
using ir::Rational;
using ir::StateId;
using ir::ValueId;
using width::AbstractStates;
using width::AbstractValue;
using width::AbstractValues;
using width::Growth;
using width::Value;

namespace {

class InitialScales {
 public:
  explicit InitialScales(const ir::tp::Module& module)
      : module_(module),
        predict_(*module.find(ir::FunctionRole::predict)),
        is_activation_(width::depends_on_data(predict_)) {}

  std::vector<InitialScale> find() {
    scales_.resize(module_.states.size());
    const auto uses = width::weight_uses(predict_);
    for (size_t i = 0; i < module_.states.size(); ++i) {
      if (module_.states[i].role == ir::Role::finite) continue;
      const Setting setting = setting_of(StateId(i));
      for (const width::WeightUse& use : uses) add_demand(StateId(i), setting, use);
    }
    return scales_;
  }

 private:
  /// What the uses of one state meet.
  struct Setting {
    AbstractStates states;
    AbstractValues values;
  };

  void add_demand(StateId state, const Setting& setting, const width::WeightUse& use) {
    if (std::find(use.states.begin(), use.states.end(), state) == use.states.end()) return;
    const Exponent size = size_at(setting, use);
    if (!size.finite()) return;
    const Rational wanted = size.rational();
    InitialScale& scale = scales_[state.index];
    const std::string place = width::quoted_use(module_, predict_, use) + " asks for " + wanted.str();
    if (!known_[state.index]) {
      known_[state.index] = place;
      scale.b = wanted;
    } else if (wanted != scale.b) {
      scale.remark = "no single a + b serves all uses: " + *known_[state.index] + ", " + place;
      scale.b = std::max(scale.b, wanted);
      scale.embeds_and_reads_out = module_.state(state).type.kind == Kind::vector && scale.b == Rational(1);
    }
  }

  /// Entries of order one of the state at hand. It enters as a change, so that its own part of a result can be told
  /// from that of other states in the same expression.
  [[nodiscard]] Setting setting_of(StateId wanted) const {
    Setting setting{{}, AbstractValues(predict_.body.size())};
    for (size_t i = 0; i < module_.states.size(); ++i) {
      setting.states.push_back(entries(StateId(i), StateId(i) == wanted));
    }
    for (size_t i = 0; i < setting.values.size(); ++i) {
      if (is_activation_[i]) {
        setting.values[i].value = {Growth::power(-predict_.body[i].scale), {}};
      } else {
        setting.values[i] = evaluated(ValueId(i), setting);
      }
    }
    return setting;
  }

  /// The exponent of what `use` makes of the state at hand.
  [[nodiscard]] Exponent size_at(const Setting& setting, const width::WeightUse& use) const {
    const AbstractValue result = evaluated(use.result, setting);
    return width::user_exponent(predict_, use.result,
                                exponents(module_, predict_.type(use.result).kind, result).change);
  }

  [[nodiscard]] AbstractValue evaluated(ValueId id, const Setting& setting) const {
    bool ignored = true;
    return evaluate_instruction(module_, predict_, id, setting.states, setting.values, ignored);
  }

  [[nodiscard]] AbstractValue entries(StateId id, bool as_change) const {
    const Growth size = Growth::power(as_change ? Rational(0) : -scales_[id.index].b);
    const Value value = as_change ? Value{{}, size} : Value{size, {}};
    const ir::State& state = module_.state(id);
    if (state.type.kind != Kind::matrix) return {value, {}};
    const Value one{Growth::power(0), {}};
    if (state.init.kind == ir::InitKind::constant) return {{}, {{}, {{{ValueId()}, value, one, one}}}};
    return {{}, {{{id, value}}, {}}};
  }

  const ir::tp::Module& module_;
  const ir::tp::Function& predict_;
  std::vector<bool> is_activation_;
  std::vector<InitialScale> scales_;
  std::vector<std::optional<std::string>> known_ = std::vector<std::optional<std::string>>(module_.states.size());
};

}  // namespace

std::vector<InitialScale> initial_scales(const ir::tp::Module& module) { return InitialScales(module).find(); }

}  // namespace tpc::passes::mup
