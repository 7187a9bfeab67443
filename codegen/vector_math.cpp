#include "codegen/vector_math.h"

#include <cstdlib>
#include <string>

#include <llvm/IR/Intrinsics.h>

namespace tpc::codegen {

namespace math {

llvm::Value* number(llvm::Value* like, double value) { return llvm::ConstantFP::get(like->getType(), value); }

llvm::Value* multiply_add(IrBuilder& builder, llvm::Value* x, llvm::Value* y, llvm::Value* z) {
  return builder.CreateIntrinsic(llvm::Intrinsic::fmuladd, {x->getType()}, {x, y, z});
}

llvm::Value* polynomial(IrBuilder& builder, llvm::Value* x, llvm::ArrayRef<double> coefficients) {
  llvm::Value* result = number(x, coefficients.back());
  for (double coefficient : llvm::reverse(coefficients.drop_back())) {
    result = multiply_add(builder, result, x, number(x, coefficient));
  }
  return result;
}

llvm::Value* clamp(IrBuilder& builder, llvm::Value* x, double bound) {
  llvm::Value* above = builder.CreateSelect(builder.CreateFCmpOLT(x, number(x, -bound)), number(x, -bound), x);
  return builder.CreateSelect(builder.CreateFCmpOGT(above, number(x, bound)), number(x, bound), above);
}

llvm::Value* absolute(IrBuilder& builder, llvm::Value* x) {
  return builder.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, x);
}

llvm::Value* with_sign(IrBuilder& builder, llvm::Value* magnitude, llvm::Value* sign) {
  return builder.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude, sign);
}

Rounded nearest_integer(IrBuilder& builder, llvm::Value* x) {
  // Adding 1.5 * 2^52 pushes the fraction out of the significand; the integer then stands in its low bits.
  llvm::Value* shift = number(x, 0x1.8p52);
  llvm::Value* shifted = builder.CreateFAdd(x, shift);
  auto* integers = x->getType()->getWithNewType(builder.getInt64Ty());
  llvm::Value* bits =
      builder.CreateSub(builder.CreateBitCast(shifted, integers), builder.CreateBitCast(shift, integers));
  return {builder.CreateFSub(shifted, shift), bits};
}

}  // namespace math

namespace {

using Body = llvm::Value* (*)(IrBuilder&, llvm::Value*);

/// "v8f64" for <8 x double>, "f64" for double.
std::string lanes_text(llvm::Type* type) {
  const std::string bits = "f" + std::to_string(type->getScalarSizeInBits());
  auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  return vector ? "v" + std::to_string(vector->getNumElements()) + bits : bits;
}

/// Calls the internal function that holds the body; floats are widened around the body.
llvm::Value* call_math(IrBuilder& builder, ir::Primitive primitive, Body body, llvm::Value* x) {
  llvm::Module& module = *builder.GetInsertBlock()->getModule();
  llvm::Type* type = x->getType();
  const std::string name = "tpc." + std::string(ir::primitive_name(primitive)) + "." + lanes_text(type);
  llvm::Function* function = module.getFunction(name);
  if (!function) {
    auto* signature = llvm::FunctionType::get(type, {type}, false);
    function = llvm::Function::Create(signature, llvm::Function::InternalLinkage, name, module);
    function->setDoesNotThrow();
    function->setDoesNotAccessMemory();
    IrBuilder inside(llvm::BasicBlock::Create(builder.getContext(), "entry", function));
    llvm::Type* wide = type->getWithNewType(builder.getDoubleTy());
    llvm::Value* result = body(inside, inside.CreateFPCast(function->getArg(0), wide));
    inside.CreateRet(inside.CreateFPCast(result, type));
  }
  return builder.CreateCall(function, {x});
}

/// x^power by repeated squaring; x^-p = 1 / x^p.
llvm::Value* emit_power(IrBuilder& builder, llvm::Value* x, int power) {
  llvm::Value* result = nullptr;
  llvm::Value* square = x;
  for (uint64_t rest = static_cast<uint64_t>(std::abs(static_cast<int64_t>(power))); rest != 0; rest >>= 1) {
    if (rest & 1) result = result ? builder.CreateFMul(result, square) : square;
    if (rest > 1) square = builder.CreateFMul(square, square);
  }
  if (!result) return math::number(x, 1.0);
  return power < 0 ? builder.CreateFDiv(math::number(x, 1.0), result) : result;
}

llvm::Value* emit_sign(IrBuilder& builder, llvm::Value* x) {
  llvm::Value* zero = math::number(x, 0.0);
  llvm::Value* negative = builder.CreateSelect(builder.CreateFCmpOLT(x, zero), math::number(x, -1.0), x);
  return builder.CreateSelect(builder.CreateFCmpOGT(x, zero), math::number(x, 1.0), negative);
}

/// covariance / sqrt(variances), taken into [-1, 1]; 0 where the variances are.
llvm::Value* emit_correlation(IrBuilder& builder, llvm::Value* covariance, llvm::Value* variances) {
  llvm::Value* root = builder.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, variances);
  llvm::Value* ratio = math::clamp(builder, builder.CreateFDiv(covariance, root), 1.0);
  llvm::Value* zero = math::number(ratio, 0.0);
  return builder.CreateSelect(builder.CreateFCmpOLE(variances, zero), zero, ratio);
}

}  // namespace

llvm::Value* emit_primitive(IrBuilder& builder, ir::Primitive primitive, llvm::ArrayRef<llvm::Value*> arguments,
                            int power) {
  using ir::Primitive;
  llvm::Value* x = arguments.front();
  llvm::Value* zero = math::number(x, 0.0);
  switch (primitive) {
    case Primitive::Add: return builder.CreateFAdd(x, arguments[1]);
    case Primitive::Sub: return builder.CreateFSub(x, arguments[1]);
    case Primitive::Mul: return builder.CreateFMul(x, arguments[1]);
    case Primitive::Div: return builder.CreateFDiv(x, arguments[1]);
    case Primitive::Neg: return builder.CreateFNeg(x);
    case Primitive::Pow: return emit_power(builder, x, power);
    // Written so that nan passes: a diverged training must be seen.
    case Primitive::Relu: return builder.CreateSelect(builder.CreateFCmpOLE(x, zero), zero, x);
    case Primitive::Abs: return math::absolute(builder, x);
    case Primitive::Sign: return emit_sign(builder, x);
    case Primitive::Step: return builder.CreateSelect(builder.CreateFCmpOGT(x, zero), math::number(x, 1.0), zero);
    case Primitive::Tanh: return call_math(builder, primitive, math::emit_tanh, x);
    case Primitive::Sigmoid: return call_math(builder, primitive, math::emit_sigmoid, x);
    case Primitive::Softplus: return call_math(builder, primitive, math::emit_softplus, x);
    case Primitive::Erf: return call_math(builder, primitive, math::emit_erf, x);
    case Primitive::Sin: return call_math(builder, primitive, math::emit_sin, x);
    case Primitive::Cos: return call_math(builder, primitive, math::emit_cos, x);
    case Primitive::Exp: return call_math(builder, primitive, math::emit_exp, x);
    case Primitive::Sqrt: return builder.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, x);
    case Primitive::Log: return call_math(builder, primitive, math::emit_log, x);
    case Primitive::Asin: return call_math(builder, primitive, math::emit_asin, x);
    case Primitive::Correlation: return emit_correlation(builder, x, arguments[1]);
  }
  return nullptr;
}

}  // namespace tpc::codegen
