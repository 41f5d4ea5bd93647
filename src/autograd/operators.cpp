// The operators call the named ops; a float becomes a constant on the other operand's tape.
#include "autograd/ops.hpp"

namespace downhill {
namespace {

Var number(float value, const Var& other) {
  return other.valid() ? other.tape()->constant(value) : other;
}

}  // namespace

Var operator+(Var a, Var b) { return add(a, b); }
Var operator-(Var a, Var b) { return sub(a, b); }
Var operator*(Var a, Var b) { return mul(a, b); }
Var operator/(Var a, Var b) { return div(a, b); }
Var operator-(Var x) { return neg(x); }
Var operator+(Var a, float b) { return add(a, number(b, a)); }
Var operator-(Var a, float b) { return sub(a, number(b, a)); }
Var operator*(Var a, float b) { return mul(a, number(b, a)); }
Var operator/(Var a, float b) { return div(a, number(b, a)); }
Var operator+(float a, Var b) { return add(number(a, b), b); }
Var operator-(float a, Var b) { return sub(number(a, b), b); }
Var operator*(float a, Var b) { return mul(number(a, b), b); }
Var operator/(float a, Var b) { return div(number(a, b), b); }

Var& operator+=(Var& a, Var b) { return a = a + b; }
Var& operator-=(Var& a, Var b) { return a = a - b; }
Var& operator*=(Var& a, Var b) { return a = a * b; }
Var& operator/=(Var& a, Var b) { return a = a / b; }
Var& operator+=(Var& a, float b) { return a = a + b; }
Var& operator-=(Var& a, float b) { return a = a - b; }
Var& operator*=(Var& a, float b) { return a = a * b; }
Var& operator/=(Var& a, float b) { return a = a / b; }

}  // namespace downhill
