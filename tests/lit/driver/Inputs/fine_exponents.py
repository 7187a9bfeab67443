"""A deep network whose exponents have denominators that no 128-bit integer holds a common multiple of."""
primes=[p for p in range(900,1000) if all(p%q for q in range(2,32))]
print("model deep\nwidth n\ndim d = 1\ndim k = 1\nparam U : [n, d] init normal(std = 1)")
for p in primes: print(f"param W{p} : [n, n] init normal(std = 1)")
print("param V : [k, n] init normal(std = 1)\ndef net(x : [d]) -> [k] {\n  z = U @ x")
for p in primes: print(f"  z = W{p} @ z")
print("  return V @ z\n}\ndata train : x[d], y[k] {\n 1 1\n}\ntrain {\n data = train\n loss = mse(net(x), y)\n optimizer = sgd(lr = 1)\n steps = 1\n}\nparametrization custom {\n U : a = 0, b = 0\n V : a = 0, b = 0")
for p in primes: print(f" W{p} : a = 1/{p}, b = 0")
print("}")
