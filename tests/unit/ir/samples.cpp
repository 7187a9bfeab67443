#include "tests/unit/ir/samples.h"

#include <doctest/doctest.h>

namespace tpc::ir::test {

const std::string tp_sample = R"(tp module "two words" width n
dim B = ?
dim B' = ? twin=B
dim d = 784
dim k = 10
state @U : vector[d] = gaussian(1.5) role=input a=-1/2 b=1/2 c=-1
state @W : matrix = gaussian(1) role=hidden a=0 b=1/2 c=0
state @gain : vector = constant(0.1) role=vector a=0 b=0 c=0
state @"V out" : vector[k] = zero role=output a=1/2 b=1/2 c=0 scale=-1/2
state @bias : scalar[k] = zero role=finite a=0 b=0 c=0
state @never : vector = zero role=vector a=0 b=0 c=0 scale=-inf
vanishing "update of W" exponent=-1/2
vanishing "line\nbreak \"quoted\" \\ \x01" exponent=-inf

function step {
  %0 x = input field=x : scalar[B, d]
  %1 label = input field="class index" : scalar[B]
  %2 = constant value=-0.1 : scalar
  %3 = dim_size dim=B : scalar
  %4 = width_power exponent=-1/2 : scalar
  %5 = read state=@U : vector[d]
  %6 h¹ = contract lhs=%5 rhs=%0 over=[d] : vector[B]
  %7 "x 1" = map fn=tanh args=[%6] : vector[B]
  %8 = read state=@W : matrix
  %9 = matmul matrix=%8 arg=%7 : vector[B]
  %10 = matmul matrix=%8 arg=%7 transposed=true : vector[B]
  %11 = map fn=pow args=[%9] power=-2 : vector[B]
  %12 = read state=@"V out" : vector[k]
  %13 f = moment lhs=%12 rhs=%10 : scalar[k, B]
  %14 y = one_hot arg=%1 dim=k : scalar[B, k]
  %15 = log_sum_exp arg=%13 over=k : scalar[B]
  %16 = contract lhs=%15 over=[B] : scalar
  %17 chi = map fn=sub args=[%13, %14] : scalar[k, B]
  %18 = contract lhs=%12 rhs=%17 over=[k] : vector[B]
  %19 = outer left=%18 right=%7 : matrix
  %20 = map fn=mul args=[%2, %19] : matrix
  %21 = map fn=add args=[%8, %20] : matrix
  %22 = write state=@W value=%21
  %23 = relabel arg=%7 from=B to=B' : vector[B']
  %24 gram = moment lhs=%7 rhs=%23 : scalar[B, B']
  %25 = moment lhs=%11 over=[B] : scalar
  %26 = map fn=div args=[%25, %3] : scalar
  %27 = map fn=neg args=[%19] : matrix
  %28 a = softmax arg=%13 over=k : scalar[k, B]
  %29 = gradient of=%15 wrt=%8 : matrix[B]
  %30 = stop_gradient arg=%29 : matrix[B]
  %31 = outer left=%18 right=%7 kept=[B] : matrix[B]
  %32 rows = gather table=%5 index=%1 dim=d : vector[B]
  %33 = scatter value=%32 index=%1 dim=d over=[B] : vector[d]
  %34 = present index=%1 : scalar[B]
  %35 = first_occurrence index=%1 earlier=[%34] : scalar[B]
  %36 = add_rows state=@U value=%32 index=%1 dim=d
  result loss = %16
  result "gram matrix" = %24
}

function predict {
  %0 = input field=f : scalar[B, k]
  %1 place = dim_index dim=d : scalar[d]
  result output = %0
}
)";

const std::string limit_sample = R"(limit module mlp width n
dim B = ?
dim B' = ? twin=B
dim d = 3
dim k = 1
state @U : random[d] = gaussian(1) role=input a=-1/2 b=1/2 c=0
state @W : gaussian = gaussian(1.4) role=hidden a=0 b=1/2 c=0
state @M : gaussian = zero role=hidden a=0 b=1/2 c=0
state @V : random[k] = zero role=output a=1/2 b=1/2 c=0 scale=-1
state @K : pair = zero role=hidden a=0 b=1/2 c=1 d=1 scale=-1
vanishing "readout at initialisation" exponent=-1/2

function step {
  %0 = input field=x : scalar[B, d]
  %1 = constant value=1e-300 : scalar
  %2 = dim_size dim=B : scalar
  %3 = unit : random
  %4 = read state=@U : random[d]
  %5 h = contract lhs=%4 rhs=%0 over=[d] : random[B]
  %6 = map fn=relu args=[%5] : random[B]
  %7 = condition matrix=@W arg=%6 : random[B]
  %8 = accumulated matrix=@W arg=%6 transposed=true : random[B]
  %9 = map fn=add args=[%7, %8] : random[B]
  %10 = read state=@V : random[k]
  %11 f = expect lhs=%10 rhs=%9 : scalar[k, B]
  %12 = input field=y : scalar[B, k]
  %13 = log_sum_exp arg=%11 over=k : scalar[B]
  %14 = map fn=sub args=[%11, %12] : scalar[k, B]
  %15 = contract lhs=%10 rhs=%14 over=[k] : random[B]
  %16 = append matrix=@W coefficient=%1 left=%15 right=%6
  %17 = relabel arg=%9 from=B to=B' : random[B']
  %18 = expect lhs=%9 rhs=%17 over=[B] : scalar[B']
  %19 = one_hot arg=%13 dim=d : scalar[B, d]
  %20 = map fn=mul args=[%10, %1] : random[k]
  %21 = write state=@V value=%20
  %22 = expect lhs=%9 over=[B] : scalar
  %23 = normal_rule dim=d weights=true : scalar[d]
  %24 a = softmax arg=%11 over=k : scalar[k, B]
  %25 = combine matrix=@M source=@W coefficient=%1
  %26 = area lhs=%23 rhs=%23 product=%22 over=[d] : scalar
  %27 = contract lhs=%13 over=[B] : scalar
  %28 word = input field=word : scalar[B]
  %29 = gather table=%4 index=%28 dim=d : random[B]
  %30 = present index=%28 : scalar[B]
  %31 = first_occurrence index=%28 : scalar[B]
  %32 = scatter value=%29 index=%28 dim=d over=[B] : random[d]
  %33 = add_rows state=@U value=%29 index=%28 dim=d
  %34 place = dim_index dim=d : scalar[d]
  %35 = read state=@K : pair
  %36 = pair_apply pair=%35 arg=%6 transposed=true : random[B]
  %37 G = pair_product left=%15 right=%6 : pair
  %38 = map fn=sign args=[%37] : pair
  %39 = write state=@K value=%38
  result loss = %27
}
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  size_t place = text.find(from);
  REQUIRE_MESSAGE(place != std::string::npos, "the sample has no '" << from << "'");
  return text.replace(place, from.size(), to);
}

}  // namespace tpc::ir::test
