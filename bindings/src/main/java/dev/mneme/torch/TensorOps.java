// Written by native/generator from native/ops.schema: change that, not this.
package dev.mneme.torch;

import dev.mneme.torch.ffi.ops_h;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The ops whose first argument is the tensor itself. The name is PyTorch's in camel case, a trailing `_` means
/// in place, and the line above each method is ATen's schema. `null` stands for an absent (`?`) argument.
///
/// A result belongs to the innermost open [TensorScope]; an in-place op returns the tensor it changed.
/// A failure in libtorch is a [TorchException] that names the op and the shapes.
public sealed interface TensorOps permits Tensor {

    /// `aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
    default Tensor add(Tensor other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_add_Tensor(self.handle(calls), other.handle(calls), alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("add", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor add(Tensor other) {
        return add(other, 1L);
    }

    /// `aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
    default Tensor add(Tensor other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_add_Tensor(self.handle(calls), other.handle(calls), Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("add", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
    default Tensor add(long other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_add_Scalar(self.handle(calls), other, Scratch.INTEGER, alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("add", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor add(long other) {
        return add(other, 1L);
    }

    /// `aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
    default Tensor add(double other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_add_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("add", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor add(double other) {
        return add(other, 1.0);
    }

    /// `aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
    default Tensor add_(Tensor other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_add__Tensor(self.handle(calls), other.handle(calls), alpha, Scratch.INTEGER) != 0) {
                throw Native.failure("add_", self, other);
            }
            return self;
        }
    }

    default Tensor add_(Tensor other) {
        return add_(other, 1L);
    }

    /// `aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
    default Tensor add_(Tensor other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_add__Tensor(self.handle(calls), other.handle(calls), Double.doubleToRawLongBits(alpha), Scratch.DOUBLE) != 0) {
                throw Native.failure("add_", self, other);
            }
            return self;
        }
    }

    /// `aten::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
    default Tensor add_(long other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_add__Scalar(self.handle(calls), other, Scratch.INTEGER, alpha, Scratch.INTEGER) != 0) {
                throw Native.failure("add_", self);
            }
            return self;
        }
    }

    default Tensor add_(long other) {
        return add_(other, 1L);
    }

    /// `aten::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
    default Tensor add_(double other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_add__Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE) != 0) {
                throw Native.failure("add_", self);
            }
            return self;
        }
    }

    default Tensor add_(double other) {
        return add_(other, 1.0);
    }

    /// `aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
    default Tensor sub(Tensor other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sub_Tensor(self.handle(calls), other.handle(calls), alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("sub", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor sub(Tensor other) {
        return sub(other, 1L);
    }

    /// `aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
    default Tensor sub(Tensor other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sub_Tensor(self.handle(calls), other.handle(calls), Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("sub", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
    default Tensor sub(long other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sub_Scalar(self.handle(calls), other, Scratch.INTEGER, alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("sub", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor sub(long other) {
        return sub(other, 1L);
    }

    /// `aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
    default Tensor sub(double other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sub_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("sub", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor sub(double other) {
        return sub(other, 1.0);
    }

    /// `aten::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
    default Tensor sub_(Tensor other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_sub__Tensor(self.handle(calls), other.handle(calls), alpha, Scratch.INTEGER) != 0) {
                throw Native.failure("sub_", self, other);
            }
            return self;
        }
    }

    default Tensor sub_(Tensor other) {
        return sub_(other, 1L);
    }

    /// `aten::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
    default Tensor sub_(Tensor other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_sub__Tensor(self.handle(calls), other.handle(calls), Double.doubleToRawLongBits(alpha), Scratch.DOUBLE) != 0) {
                throw Native.failure("sub_", self, other);
            }
            return self;
        }
    }

    /// `aten::sub_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
    default Tensor sub_(long other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_sub__Scalar(self.handle(calls), other, Scratch.INTEGER, alpha, Scratch.INTEGER) != 0) {
                throw Native.failure("sub_", self);
            }
            return self;
        }
    }

    default Tensor sub_(long other) {
        return sub_(other, 1L);
    }

    /// `aten::sub_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
    default Tensor sub_(double other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_sub__Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE) != 0) {
                throw Native.failure("sub_", self);
            }
            return self;
        }
    }

    default Tensor sub_(double other) {
        return sub_(other, 1.0);
    }

    /// `aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
    default Tensor rsub(long other, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_rsub_Scalar(self.handle(calls), other, Scratch.INTEGER, alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("rsub", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor rsub(long other) {
        return rsub(other, 1L);
    }

    /// `aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
    default Tensor rsub(double other, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_rsub_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("rsub", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor rsub(double other) {
        return rsub(other, 1.0);
    }

    /// `aten::mul.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor mul(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mul_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("mul", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::mul.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor mul(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mul_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("mul", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::mul.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor mul(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mul_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("mul", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
    default Tensor mul_(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_mul__Tensor(self.handle(calls), other.handle(calls)) != 0) {
                throw Native.failure("mul_", self, other);
            }
            return self;
        }
    }

    /// `aten::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
    default Tensor mul_(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_mul__Scalar(self.handle(calls), other, Scratch.INTEGER) != 0) {
                throw Native.failure("mul_", self);
            }
            return self;
        }
    }

    /// `aten::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
    default Tensor mul_(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_mul__Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE) != 0) {
                throw Native.failure("mul_", self);
            }
            return self;
        }
    }

    /// `aten::div.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor div(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_div_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("div", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::div.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor div(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_div_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("div", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::div.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor div(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_div_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("div", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
    default Tensor div_(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_div__Tensor(self.handle(calls), other.handle(calls)) != 0) {
                throw Native.failure("div_", self, other);
            }
            return self;
        }
    }

    /// `aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
    default Tensor div_(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_div__Scalar(self.handle(calls), other, Scratch.INTEGER) != 0) {
                throw Native.failure("div_", self);
            }
            return self;
        }
    }

    /// `aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
    default Tensor div_(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_div__Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE) != 0) {
                throw Native.failure("div_", self);
            }
            return self;
        }
    }

    /// `aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor`
    default Tensor div(Tensor other, String roundingMode) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_div_Tensor_mode(self.handle(calls), other.handle(calls), scratch.text(roundingMode));
            if (result == 0) {
                throw Native.failure("div", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::floor_divide.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor floorDivide(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_floor_divide_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("floor_divide", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::floor_divide.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor floorDivide(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_floor_divide_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("floor_divide", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor remainder(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_remainder_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("remainder", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor remainder(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_remainder_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("remainder", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::remainder.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor remainder(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_remainder_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("remainder", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::neg(Tensor self) -> Tensor`
    default Tensor neg() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_neg(self.handle(calls));
            if (result == 0) {
                throw Native.failure("neg", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor`
    default Tensor pow(long exponent) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_pow_Tensor_Scalar(self.handle(calls), exponent, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("pow", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor`
    default Tensor pow(double exponent) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_pow_Tensor_Scalar(self.handle(calls), Double.doubleToRawLongBits(exponent), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("pow", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor`
    default Tensor pow(Tensor exponent) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_pow_Tensor_Tensor(self.handle(calls), exponent.handle(calls));
            if (result == 0) {
                throw Native.failure("pow", self, exponent);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor`
    default Tensor addcmul(Tensor tensor1, Tensor tensor2, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_addcmul(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), value, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("addcmul", self, tensor1, tensor2);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor addcmul(Tensor tensor1, Tensor tensor2) {
        return addcmul(tensor1, tensor2, 1L);
    }

    /// `aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor`
    default Tensor addcmul(Tensor tensor1, Tensor tensor2, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_addcmul(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("addcmul", self, tensor1, tensor2);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::addcmul_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)`
    default Tensor addcmul_(Tensor tensor1, Tensor tensor2, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_addcmul_(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), value, Scratch.INTEGER) != 0) {
                throw Native.failure("addcmul_", self, tensor1, tensor2);
            }
            return self;
        }
    }

    default Tensor addcmul_(Tensor tensor1, Tensor tensor2) {
        return addcmul_(tensor1, tensor2, 1L);
    }

    /// `aten::addcmul_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)`
    default Tensor addcmul_(Tensor tensor1, Tensor tensor2, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_addcmul_(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE) != 0) {
                throw Native.failure("addcmul_", self, tensor1, tensor2);
            }
            return self;
        }
    }

    /// `aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor`
    default Tensor addcdiv(Tensor tensor1, Tensor tensor2, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_addcdiv(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), value, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("addcdiv", self, tensor1, tensor2);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor addcdiv(Tensor tensor1, Tensor tensor2) {
        return addcdiv(tensor1, tensor2, 1L);
    }

    /// `aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor`
    default Tensor addcdiv(Tensor tensor1, Tensor tensor2, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_addcdiv(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("addcdiv", self, tensor1, tensor2);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::addcdiv_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)`
    default Tensor addcdiv_(Tensor tensor1, Tensor tensor2, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_addcdiv_(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), value, Scratch.INTEGER) != 0) {
                throw Native.failure("addcdiv_", self, tensor1, tensor2);
            }
            return self;
        }
    }

    default Tensor addcdiv_(Tensor tensor1, Tensor tensor2) {
        return addcdiv_(tensor1, tensor2, 1L);
    }

    /// `aten::addcdiv_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)`
    default Tensor addcdiv_(Tensor tensor1, Tensor tensor2, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_addcdiv_(self.handle(calls), tensor1.handle(calls), tensor2.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE) != 0) {
                throw Native.failure("addcdiv_", self, tensor1, tensor2);
            }
            return self;
        }
    }

    /// `aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor`
    default Tensor lerp(Tensor end, long weight) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_lerp_Scalar(self.handle(calls), end.handle(calls), weight, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("lerp", self, end);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor`
    default Tensor lerp(Tensor end, double weight) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_lerp_Scalar(self.handle(calls), end.handle(calls), Double.doubleToRawLongBits(weight), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("lerp", self, end);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)`
    default Tensor lerp_(Tensor end, long weight) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_lerp__Scalar(self.handle(calls), end.handle(calls), weight, Scratch.INTEGER) != 0) {
                throw Native.failure("lerp_", self, end);
            }
            return self;
        }
    }

    /// `aten::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)`
    default Tensor lerp_(Tensor end, double weight) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_lerp__Scalar(self.handle(calls), end.handle(calls), Double.doubleToRawLongBits(weight), Scratch.DOUBLE) != 0) {
                throw Native.failure("lerp_", self, end);
            }
            return self;
        }
    }

    /// `aten::abs(Tensor self) -> Tensor`
    default Tensor abs() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_abs(self.handle(calls));
            if (result == 0) {
                throw Native.failure("abs", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::exp(Tensor self) -> Tensor`
    default Tensor exp() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_exp(self.handle(calls));
            if (result == 0) {
                throw Native.failure("exp", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::exp_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor exp_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_exp_(self.handle(calls)) != 0) {
                throw Native.failure("exp_", self);
            }
            return self;
        }
    }

    /// `aten::log(Tensor self) -> Tensor`
    default Tensor log() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_log(self.handle(calls));
            if (result == 0) {
                throw Native.failure("log", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::log_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor log_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_log_(self.handle(calls)) != 0) {
                throw Native.failure("log_", self);
            }
            return self;
        }
    }

    /// `aten::log2(Tensor self) -> Tensor`
    default Tensor log2() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_log2(self.handle(calls));
            if (result == 0) {
                throw Native.failure("log2", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::log1p(Tensor self) -> Tensor`
    default Tensor log1p() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_log1p(self.handle(calls));
            if (result == 0) {
                throw Native.failure("log1p", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::expm1(Tensor self) -> Tensor`
    default Tensor expm1() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_expm1(self.handle(calls));
            if (result == 0) {
                throw Native.failure("expm1", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::sqrt(Tensor self) -> Tensor`
    default Tensor sqrt() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sqrt(self.handle(calls));
            if (result == 0) {
                throw Native.failure("sqrt", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::sqrt_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor sqrt_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_sqrt_(self.handle(calls)) != 0) {
                throw Native.failure("sqrt_", self);
            }
            return self;
        }
    }

    /// `aten::rsqrt(Tensor self) -> Tensor`
    default Tensor rsqrt() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_rsqrt(self.handle(calls));
            if (result == 0) {
                throw Native.failure("rsqrt", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::reciprocal(Tensor self) -> Tensor`
    default Tensor reciprocal() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_reciprocal(self.handle(calls));
            if (result == 0) {
                throw Native.failure("reciprocal", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::square(Tensor self) -> Tensor`
    default Tensor square() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_square(self.handle(calls));
            if (result == 0) {
                throw Native.failure("square", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::sign(Tensor self) -> Tensor`
    default Tensor sign() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sign(self.handle(calls));
            if (result == 0) {
                throw Native.failure("sign", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::floor(Tensor self) -> Tensor`
    default Tensor floor() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_floor(self.handle(calls));
            if (result == 0) {
                throw Native.failure("floor", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ceil(Tensor self) -> Tensor`
    default Tensor ceil() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ceil(self.handle(calls));
            if (result == 0) {
                throw Native.failure("ceil", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::round(Tensor self) -> Tensor`
    default Tensor round() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_round(self.handle(calls));
            if (result == 0) {
                throw Native.failure("round", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::trunc(Tensor self) -> Tensor`
    default Tensor trunc() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_trunc(self.handle(calls));
            if (result == 0) {
                throw Native.failure("trunc", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::sin(Tensor self) -> Tensor`
    default Tensor sin() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sin(self.handle(calls));
            if (result == 0) {
                throw Native.failure("sin", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::cos(Tensor self) -> Tensor`
    default Tensor cos() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_cos(self.handle(calls));
            if (result == 0) {
                throw Native.failure("cos", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::tanh(Tensor self) -> Tensor`
    default Tensor tanh() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_tanh(self.handle(calls));
            if (result == 0) {
                throw Native.failure("tanh", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::tanh_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor tanh_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_tanh_(self.handle(calls)) != 0) {
                throw Native.failure("tanh_", self);
            }
            return self;
        }
    }

    /// `aten::sigmoid(Tensor self) -> Tensor`
    default Tensor sigmoid() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sigmoid(self.handle(calls));
            if (result == 0) {
                throw Native.failure("sigmoid", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::erf(Tensor self) -> Tensor`
    default Tensor erf() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_erf(self.handle(calls));
            if (result == 0) {
                throw Native.failure("erf", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::relu(Tensor self) -> Tensor`
    default Tensor relu() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_relu(self.handle(calls));
            if (result == 0) {
                throw Native.failure("relu", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::relu_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor relu_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_relu_(self.handle(calls)) != 0) {
                throw Native.failure("relu_", self);
            }
            return self;
        }
    }

    /// `aten::gelu(Tensor self, *, str approximate='none') -> Tensor`
    default Tensor gelu(String approximate) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_gelu(self.handle(calls), scratch.text(approximate));
            if (result == 0) {
                throw Native.failure("gelu", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor gelu() {
        return gelu("none");
    }

    /// `aten::silu(Tensor self) -> Tensor`
    default Tensor silu() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_silu(self.handle(calls));
            if (result == 0) {
                throw Native.failure("silu", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor`
    default Tensor softplus(long beta, long threshold) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_softplus(self.handle(calls), beta, Scratch.INTEGER, threshold, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("softplus", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor softplus(long beta) {
        return softplus(beta, 20L);
    }

    default Tensor softplus() {
        return softplus(1L, 20L);
    }

    /// `aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor`
    default Tensor softplus(double beta, double threshold) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_softplus(self.handle(calls), Double.doubleToRawLongBits(beta), Scratch.DOUBLE, Double.doubleToRawLongBits(threshold), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("softplus", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor softplus(double beta) {
        return softplus(beta, 20.0);
    }

    /// `aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor`
    default Tensor clamp(Number min, Number max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clamp(self.handle(calls), Scratch.bits(min), Scratch.kind(min), Scratch.bits(max), Scratch.kind(max));
            if (result == 0) {
                throw Native.failure("clamp", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor clamp(Number min) {
        return clamp(min, (Number) null);
    }

    default Tensor clamp() {
        return clamp((Number) null, (Number) null);
    }

    /// `aten::clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)`
    default Tensor clamp_(Number min, Number max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_clamp_(self.handle(calls), Scratch.bits(min), Scratch.kind(min), Scratch.bits(max), Scratch.kind(max)) != 0) {
                throw Native.failure("clamp_", self);
            }
            return self;
        }
    }

    default Tensor clamp_(Number min) {
        return clamp_(min, (Number) null);
    }

    default Tensor clamp_() {
        return clamp_((Number) null, (Number) null);
    }

    /// `aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor`
    default Tensor clamp(Tensor min, Tensor max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clamp_Tensor(self.handle(calls), Tensor.handleOrZero(min, calls), Tensor.handleOrZero(max, calls));
            if (result == 0) {
                throw Native.failure("clamp", self, min, max);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor clamp(Tensor min) {
        return clamp(min, (Tensor) null);
    }

    /// `aten::clamp_min(Tensor self, Scalar min) -> Tensor`
    default Tensor clampMin(long min) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clamp_min(self.handle(calls), min, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("clamp_min", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::clamp_min(Tensor self, Scalar min) -> Tensor`
    default Tensor clampMin(double min) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clamp_min(self.handle(calls), Double.doubleToRawLongBits(min), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("clamp_min", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::clamp_max(Tensor self, Scalar max) -> Tensor`
    default Tensor clampMax(long max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clamp_max(self.handle(calls), max, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("clamp_max", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::clamp_max(Tensor self, Scalar max) -> Tensor`
    default Tensor clampMax(double max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clamp_max(self.handle(calls), Double.doubleToRawLongBits(max), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("clamp_max", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::maximum(Tensor self, Tensor other) -> Tensor`
    default Tensor maximum(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_maximum(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("maximum", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::minimum(Tensor self, Tensor other) -> Tensor`
    default Tensor minimum(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_minimum(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("minimum", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor`
    default Tensor nanToNum(Double nan, Double posinf, Double neginf) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_nan_to_num(self.handle(calls), nan == null ? 0 : nan, nan != null, posinf == null ? 0 : posinf, posinf != null, neginf == null ? 0 : neginf, neginf != null);
            if (result == 0) {
                throw Native.failure("nan_to_num", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor nanToNum(Double nan, Double posinf) {
        return nanToNum(nan, posinf, (Double) null);
    }

    default Tensor nanToNum(Double nan) {
        return nanToNum(nan, (Double) null, (Double) null);
    }

    default Tensor nanToNum() {
        return nanToNum((Double) null, (Double) null, (Double) null);
    }

    /// `aten::eq.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor eq(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_eq_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("eq", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::eq.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor eq(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_eq_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("eq", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::eq.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor eq(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_eq_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("eq", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ne.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor ne(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ne_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("ne", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ne.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor ne(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ne_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("ne", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ne.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor ne(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ne_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("ne", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::lt.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor lt(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_lt_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("lt", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::lt.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor lt(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_lt_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("lt", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::lt.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor lt(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_lt_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("lt", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::le.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor le(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_le_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("le", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::le.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor le(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_le_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("le", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::le.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor le(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_le_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("le", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::gt.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor gt(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_gt_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("gt", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::gt.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor gt(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_gt_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("gt", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::gt.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor gt(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_gt_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("gt", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ge.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor ge(long other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ge_Scalar(self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("ge", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ge.Scalar(Tensor self, Scalar other) -> Tensor`
    default Tensor ge(double other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ge_Scalar(self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("ge", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::ge.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor ge(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ge_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("ge", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::isnan(Tensor self) -> Tensor`
    default Tensor isnan() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_isnan(self.handle(calls));
            if (result == 0) {
                throw Native.failure("isnan", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::isinf(Tensor self) -> Tensor`
    default Tensor isinf() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_isinf(self.handle(calls));
            if (result == 0) {
                throw Native.failure("isinf", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::isfinite(Tensor self) -> Tensor`
    default Tensor isfinite() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_isfinite(self.handle(calls));
            if (result == 0) {
                throw Native.failure("isfinite", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor`
    default Tensor isclose(Tensor other, double rtol, double atol, boolean equalNan) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_isclose(self.handle(calls), other.handle(calls), rtol, atol, equalNan);
            if (result == 0) {
                throw Native.failure("isclose", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor isclose(Tensor other, double rtol, double atol) {
        return isclose(other, rtol, atol, false);
    }

    default Tensor isclose(Tensor other, double rtol) {
        return isclose(other, rtol, 1e-08, false);
    }

    default Tensor isclose(Tensor other) {
        return isclose(other, 1e-05, 1e-08, false);
    }

    /// `aten::logical_and(Tensor self, Tensor other) -> Tensor`
    default Tensor logicalAnd(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_logical_and(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("logical_and", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::logical_or(Tensor self, Tensor other) -> Tensor`
    default Tensor logicalOr(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_logical_or(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("logical_or", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::logical_xor(Tensor self, Tensor other) -> Tensor`
    default Tensor logicalXor(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_logical_xor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("logical_xor", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::logical_not(Tensor self) -> Tensor`
    default Tensor logicalNot() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_logical_not(self.handle(calls));
            if (result == 0) {
                throw Native.failure("logical_not", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor bitwiseAnd(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bitwise_and_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("bitwise_and", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor`
    default Tensor bitwiseOr(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bitwise_or_Tensor(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("bitwise_or", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::bitwise_not(Tensor self) -> Tensor`
    default Tensor bitwiseNot() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bitwise_not(self.handle(calls));
            if (result == 0) {
                throw Native.failure("bitwise_not", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::any(Tensor self) -> Tensor`
    default Tensor any() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_any(self.handle(calls));
            if (result == 0) {
                throw Native.failure("any", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor`
    default Tensor any(long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_any_dim(self.handle(calls), dim, keepdim);
            if (result == 0) {
                throw Native.failure("any", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor any(long dim) {
        return any(dim, false);
    }

    /// `aten::all(Tensor self) -> Tensor`
    default Tensor all() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_all(self.handle(calls));
            if (result == 0) {
                throw Native.failure("all", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor`
    default Tensor all(long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_all_dim(self.handle(calls), dim, keepdim);
            if (result == 0) {
                throw Native.failure("all", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor all(long dim) {
        return all(dim, false);
    }

    /// `aten::equal(Tensor self, Tensor other) -> bool`
    default boolean equal(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            int result = ops_h.mn_equal(self.handle(calls), other.handle(calls));
            if (result < 0) {
                throw Native.failure("equal", self, other);
            }
            return result != 0;
        }
    }

    /// `aten::allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool`
    default boolean allclose(Tensor other, double rtol, double atol, boolean equalNan) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            int result = ops_h.mn_allclose(self.handle(calls), other.handle(calls), rtol, atol, equalNan);
            if (result < 0) {
                throw Native.failure("allclose", self, other);
            }
            return result != 0;
        }
    }

    default boolean allclose(Tensor other, double rtol, double atol) {
        return allclose(other, rtol, atol, false);
    }

    default boolean allclose(Tensor other, double rtol) {
        return allclose(other, rtol, 1e-08, false);
    }

    default boolean allclose(Tensor other) {
        return allclose(other, 1e-05, 1e-08, false);
    }

    /// `aten::matmul(Tensor self, Tensor other) -> Tensor`
    default Tensor matmul(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_matmul(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("matmul", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::mm(Tensor self, Tensor mat2) -> Tensor`
    default Tensor mm(Tensor mat2) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mm(self.handle(calls), mat2.handle(calls));
            if (result == 0) {
                throw Native.failure("mm", self, mat2);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::bmm(Tensor self, Tensor mat2) -> Tensor`
    default Tensor bmm(Tensor mat2) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bmm(self.handle(calls), mat2.handle(calls));
            if (result == 0) {
                throw Native.failure("bmm", self, mat2);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
    default Tensor addmm(Tensor mat1, Tensor mat2, long beta, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_addmm(self.handle(calls), mat1.handle(calls), mat2.handle(calls), beta, Scratch.INTEGER, alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("addmm", self, mat1, mat2);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor addmm(Tensor mat1, Tensor mat2, long beta) {
        return addmm(mat1, mat2, beta, 1L);
    }

    default Tensor addmm(Tensor mat1, Tensor mat2) {
        return addmm(mat1, mat2, 1L, 1L);
    }

    /// `aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
    default Tensor addmm(Tensor mat1, Tensor mat2, double beta, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_addmm(self.handle(calls), mat1.handle(calls), mat2.handle(calls), Double.doubleToRawLongBits(beta), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("addmm", self, mat1, mat2);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor addmm(Tensor mat1, Tensor mat2, double beta) {
        return addmm(mat1, mat2, beta, 1.0);
    }

    /// `aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
    default Tensor baddbmm(Tensor batch1, Tensor batch2, long beta, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_baddbmm(self.handle(calls), batch1.handle(calls), batch2.handle(calls), beta, Scratch.INTEGER, alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("baddbmm", self, batch1, batch2);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor baddbmm(Tensor batch1, Tensor batch2, long beta) {
        return baddbmm(batch1, batch2, beta, 1L);
    }

    default Tensor baddbmm(Tensor batch1, Tensor batch2) {
        return baddbmm(batch1, batch2, 1L, 1L);
    }

    /// `aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
    default Tensor baddbmm(Tensor batch1, Tensor batch2, double beta, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_baddbmm(self.handle(calls), batch1.handle(calls), batch2.handle(calls), Double.doubleToRawLongBits(beta), Scratch.DOUBLE, Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("baddbmm", self, batch1, batch2);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor baddbmm(Tensor batch1, Tensor batch2, double beta) {
        return baddbmm(batch1, batch2, beta, 1.0);
    }

    /// `aten::mv(Tensor self, Tensor vec) -> Tensor`
    default Tensor mv(Tensor vec) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mv(self.handle(calls), vec.handle(calls));
            if (result == 0) {
                throw Native.failure("mv", self, vec);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::dot(Tensor self, Tensor tensor) -> Tensor`
    default Tensor dot(Tensor tensor) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_dot(self.handle(calls), tensor.handle(calls));
            if (result == 0) {
                throw Native.failure("dot", self, tensor);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::outer(Tensor self, Tensor vec2) -> Tensor`
    default Tensor outer(Tensor vec2) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_outer(self.handle(calls), vec2.handle(calls));
            if (result == 0) {
                throw Native.failure("outer", self, vec2);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::t(Tensor(a) self) -> Tensor(a)`
    default Tensor t() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_t(self.handle(calls));
            if (result == 0) {
                throw Native.failure("t", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)`
    default Tensor view(long... size) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_view(self.handle(calls), scratch.longs(size), size.length);
            if (result == 0) {
                throw Native.failure("view", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)`
    default Tensor reshape(long... shape) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_reshape(self.handle(calls), scratch.longs(shape), shape.length);
            if (result == 0) {
                throw Native.failure("reshape", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)`
    default Tensor permute(long... dims) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_permute(self.handle(calls), scratch.longs(dims), dims.length);
            if (result == 0) {
                throw Native.failure("permute", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)`
    default Tensor transpose(long dim0, long dim1) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_transpose_int(self.handle(calls), dim0, dim1);
            if (result == 0) {
                throw Native.failure("transpose", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::squeeze(Tensor(a) self) -> Tensor(a)`
    default Tensor squeeze() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_squeeze(self.handle(calls));
            if (result == 0) {
                throw Native.failure("squeeze", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)`
    default Tensor squeeze(long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_squeeze_dim(self.handle(calls), dim);
            if (result == 0) {
                throw Native.failure("squeeze", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)`
    default Tensor unsqueeze(long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_unsqueeze(self.handle(calls), dim);
            if (result == 0) {
                throw Native.failure("unsqueeze", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)`
    default Tensor expand(long[] size, boolean implicit) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_expand(self.handle(calls), scratch.longs(size), size.length, implicit);
            if (result == 0) {
                throw Native.failure("expand", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor expand(long... size) {
        return expand(size, false);
    }

    /// `aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)`
    default Tensor expandAs(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_expand_as(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("expand_as", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::view_as(Tensor(a) self, Tensor other) -> Tensor(a)`
    default Tensor viewAs(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_view_as(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("view_as", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)`
    default Tensor reshapeAs(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_reshape_as(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("reshape_as", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)`
    default Tensor flatten(long startDim, long endDim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_flatten_using_ints(self.handle(calls), startDim, endDim);
            if (result == 0) {
                throw Native.failure("flatten", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor flatten(long startDim) {
        return flatten(startDim, -1L);
    }

    default Tensor flatten() {
        return flatten(0L, -1L);
    }

    /// `aten::unflatten.int(Tensor(a) self, int dim, SymInt[] sizes) -> Tensor(a)`
    default Tensor unflatten(long dim, long... sizes) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_unflatten_int(self.handle(calls), dim, scratch.longs(sizes), sizes.length);
            if (result == 0) {
                throw Native.failure("unflatten", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)`
    default Tensor movedim(long source, long destination) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_movedim_int(self.handle(calls), source, destination);
            if (result == 0) {
                throw Native.failure("movedim", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::select.int(Tensor(a) self, int dim, SymInt index) -> Tensor(a)`
    default Tensor select(long dim, long index) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_select_int(self.handle(calls), dim, index);
            if (result == 0) {
                throw Native.failure("select", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)`
    default Tensor slice(long dim, Long start, Long end, long step) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_slice_Tensor(self.handle(calls), dim, start == null ? 0 : start, start != null, end == null ? 0 : end, end != null, step);
            if (result == 0) {
                throw Native.failure("slice", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor slice(long dim, Long start, Long end) {
        return slice(dim, start, end, 1L);
    }

    default Tensor slice(long dim, Long start) {
        return slice(dim, start, (Long) null, 1L);
    }

    default Tensor slice(long dim) {
        return slice(dim, (Long) null, (Long) null, 1L);
    }

    default Tensor slice() {
        return slice(0L, (Long) null, (Long) null, 1L);
    }

    /// `aten::narrow(Tensor(a) self, int dim, SymInt start, SymInt length) -> Tensor(a)`
    default Tensor narrow(long dim, long start, long length) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_narrow(self.handle(calls), dim, start, length);
            if (result == 0) {
                throw Native.failure("narrow", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)`
    default Tensor diagonal(long offset, long dim1, long dim2) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_diagonal(self.handle(calls), offset, dim1, dim2);
            if (result == 0) {
                throw Native.failure("diagonal", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor diagonal(long offset, long dim1) {
        return diagonal(offset, dim1, 1L);
    }

    default Tensor diagonal(long offset) {
        return diagonal(offset, 0L, 1L);
    }

    default Tensor diagonal() {
        return diagonal(0L, 0L, 1L);
    }

    /// `aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)`
    default Tensor unfold(long dimension, long size, long step) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_unfold(self.handle(calls), dimension, size, step);
            if (result == 0) {
                throw Native.failure("unfold", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]`
    default Tensor[] chunk(long chunks, long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long count = ops_h.mn_chunk(self.handle(calls), chunks, dim);
            if (count < 0) {
                throw Native.failure("chunk", self);
            }
            return Tensor.ownResults(count, calls);
        }
    }

    default Tensor[] chunk(long chunks) {
        return chunk(chunks, 0L);
    }

    /// `aten::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]`
    default Tensor[] split(long splitSize, long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long count = ops_h.mn_split_Tensor(self.handle(calls), splitSize, dim);
            if (count < 0) {
                throw Native.failure("split", self);
            }
            return Tensor.ownResults(count, calls);
        }
    }

    default Tensor[] split(long splitSize) {
        return split(splitSize, 0L);
    }

    /// `aten::split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]`
    default Tensor[] splitWithSizes(long[] splitSizes, long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long count = ops_h.mn_split_with_sizes(self.handle(calls), scratch.longs(splitSizes), splitSizes.length, dim);
            if (count < 0) {
                throw Native.failure("split_with_sizes", self);
            }
            return Tensor.ownResults(count, calls);
        }
    }

    default Tensor[] splitWithSizes(long... splitSizes) {
        return splitWithSizes(splitSizes, 0L);
    }

    /// `aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]`
    default Tensor[] unbind(long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long count = ops_h.mn_unbind_int(self.handle(calls), dim);
            if (count < 0) {
                throw Native.failure("unbind", self);
            }
            return Tensor.ownResults(count, calls);
        }
    }

    default Tensor[] unbind() {
        return unbind(0L);
    }

    /// `aten::repeat(Tensor self, SymInt[] repeats) -> Tensor`
    default Tensor repeat(long... repeats) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_repeat(self.handle(calls), scratch.longs(repeats), repeats.length);
            if (result == 0) {
                throw Native.failure("repeat", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::tile(Tensor self, SymInt[] dims) -> Tensor`
    default Tensor tile(long... dims) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_tile(self.handle(calls), scratch.longs(dims), dims.length);
            if (result == 0) {
                throw Native.failure("tile", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::repeat_interleave.self_int(Tensor self, SymInt repeats, int? dim=None, *, SymInt? output_size=None) -> Tensor`
    default Tensor repeatInterleave(long repeats, Long dim, Long outputSize) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_repeat_interleave_self_int(self.handle(calls), repeats, dim == null ? 0 : dim, dim != null, outputSize == null ? 0 : outputSize, outputSize != null);
            if (result == 0) {
                throw Native.failure("repeat_interleave", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor repeatInterleave(long repeats, Long dim) {
        return repeatInterleave(repeats, dim, (Long) null);
    }

    default Tensor repeatInterleave(long repeats) {
        return repeatInterleave(repeats, (Long) null, (Long) null);
    }

    /// `aten::flip(Tensor self, int[] dims) -> Tensor`
    default Tensor flip(long... dims) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_flip(self.handle(calls), scratch.longs(dims), dims.length);
            if (result == 0) {
                throw Native.failure("flip", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor`
    default Tensor roll(long[] shifts, long[] dims) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_roll(self.handle(calls), scratch.longs(shifts), shifts.length, scratch.longs(dims), dims.length);
            if (result == 0) {
                throw Native.failure("roll", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor roll(long shifts, long dims) {
        return roll(new long[] {shifts}, new long[] {dims});
    }

    default Tensor roll(long shifts) {
        return roll(new long[] {shifts}, new long[] {});
    }

    default Tensor roll(long[] shifts) {
        return roll(shifts, new long[] {});
    }

    /// `aten::tril(Tensor self, SymInt diagonal=0) -> Tensor`
    default Tensor tril(long diagonal) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_tril(self.handle(calls), diagonal);
            if (result == 0) {
                throw Native.failure("tril", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor tril() {
        return tril(0L);
    }

    /// `aten::triu(Tensor self, SymInt diagonal=0) -> Tensor`
    default Tensor triu(long diagonal) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_triu(self.handle(calls), diagonal);
            if (result == 0) {
                throw Native.failure("triu", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor triu() {
        return triu(0L);
    }

    /// `aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=contiguous_format) -> Tensor(a)`
    default Tensor contiguous() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_contiguous(self.handle(calls));
            if (result == 0) {
                throw Native.failure("contiguous", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor copy() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_clone(self.handle(calls));
            if (result == 0) {
                throw Native.failure("clone", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::detach(Tensor(a) self) -> Tensor(a)`
    default Tensor detach() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_detach(self.handle(calls));
            if (result == 0) {
                throw Native.failure("detach", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::detach_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor detach_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_detach_(self.handle(calls)) != 0) {
                throw Native.failure("detach_", self);
            }
            return self;
        }
    }

    /// `aten::alias(Tensor(a) self) -> Tensor(a)`
    default Tensor alias() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_alias(self.handle(calls));
            if (result == 0) {
                throw Native.failure("alias", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)`
    default Tensor copy_(Tensor src, boolean nonBlocking) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_copy_(self.handle(calls), src.handle(calls), nonBlocking) != 0) {
                throw Native.failure("copy_", self, src);
            }
            return self;
        }
    }

    default Tensor copy_(Tensor src) {
        return copy_(src, false);
    }

    /// `aten::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)`
    default Tensor to(DType dtype, boolean nonBlocking, boolean copy) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_to_dtype(self.handle(calls), DType.code(dtype), nonBlocking, copy);
            if (result == 0) {
                throw Native.failure("to", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor to(DType dtype, boolean nonBlocking) {
        return to(dtype, nonBlocking, false);
    }

    default Tensor to(DType dtype) {
        return to(dtype, false, false);
    }

    /// `aten::to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)`
    default Tensor to(DType dtype, Device device, boolean nonBlocking, boolean copy) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_to_dtype_layout(self.handle(calls), DType.code(dtype), Device.code(device), nonBlocking, copy);
            if (result == 0) {
                throw Native.failure("to", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor to(DType dtype, Device device, boolean nonBlocking) {
        return to(dtype, device, nonBlocking, false);
    }

    default Tensor to(DType dtype, Device device) {
        return to(dtype, device, false, false);
    }

    default Tensor to() {
        return to((DType) null, (Device) null, false, false);
    }

    /// `aten::to.device(Tensor(a) self, Device device, ScalarType dtype, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)`
    default Tensor to(Device device, DType dtype, boolean nonBlocking, boolean copy) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_to_device(self.handle(calls), Device.code(device), DType.code(dtype), nonBlocking, copy);
            if (result == 0) {
                throw Native.failure("to", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor to(Device device, DType dtype, boolean nonBlocking) {
        return to(device, dtype, nonBlocking, false);
    }

    default Tensor to(Device device, DType dtype) {
        return to(device, dtype, false, false);
    }

    /// `aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor`
    default Tensor index(List<Tensor> indices) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_index_Tensor(self.handle(calls), scratch.handles(indices, calls), indices.size());
            if (result == 0) {
                throw Native.failure("index", self, indices);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor`
    default Tensor indexPut(List<Tensor> indices, Tensor values, boolean accumulate) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_index_put(self.handle(calls), scratch.handles(indices, calls), indices.size(), values.handle(calls), accumulate);
            if (result == 0) {
                throw Native.failure("index_put", self, indices, values);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor indexPut(List<Tensor> indices, Tensor values) {
        return indexPut(indices, values, false);
    }

    /// `aten::index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)`
    default Tensor indexPut_(List<Tensor> indices, Tensor values, boolean accumulate) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            if (ops_h.mn_index_put_(self.handle(calls), scratch.handles(indices, calls), indices.size(), values.handle(calls), accumulate) != 0) {
                throw Native.failure("index_put_", self, indices, values);
            }
            return self;
        }
    }

    default Tensor indexPut_(List<Tensor> indices, Tensor values) {
        return indexPut_(indices, values, false);
    }

    /// `aten::index_select(Tensor self, int dim, Tensor index) -> Tensor`
    default Tensor indexSelect(long dim, Tensor index) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_index_select(self.handle(calls), dim, index.handle(calls));
            if (result == 0) {
                throw Native.failure("index_select", self, index);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor`
    default Tensor indexAdd(long dim, Tensor index, Tensor source, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_index_add(self.handle(calls), dim, index.handle(calls), source.handle(calls), alpha, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("index_add", self, index, source);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor indexAdd(long dim, Tensor index, Tensor source) {
        return indexAdd(dim, index, source, 1L);
    }

    /// `aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor`
    default Tensor indexAdd(long dim, Tensor index, Tensor source, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_index_add(self.handle(calls), dim, index.handle(calls), source.handle(calls), Double.doubleToRawLongBits(alpha), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("index_add", self, index, source);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)`
    default Tensor indexAdd_(long dim, Tensor index, Tensor source, long alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_index_add_(self.handle(calls), dim, index.handle(calls), source.handle(calls), alpha, Scratch.INTEGER) != 0) {
                throw Native.failure("index_add_", self, index, source);
            }
            return self;
        }
    }

    default Tensor indexAdd_(long dim, Tensor index, Tensor source) {
        return indexAdd_(dim, index, source, 1L);
    }

    /// `aten::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)`
    default Tensor indexAdd_(long dim, Tensor index, Tensor source, double alpha) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_index_add_(self.handle(calls), dim, index.handle(calls), source.handle(calls), Double.doubleToRawLongBits(alpha), Scratch.DOUBLE) != 0) {
                throw Native.failure("index_add_", self, index, source);
            }
            return self;
        }
    }

    /// `aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor`
    default Tensor indexCopy(long dim, Tensor index, Tensor source) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_index_copy(self.handle(calls), dim, index.handle(calls), source.handle(calls));
            if (result == 0) {
                throw Native.failure("index_copy", self, index, source);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::index_copy_(Tensor(a!) self, int dim, Tensor index, Tensor source) -> Tensor(a!)`
    default Tensor indexCopy_(long dim, Tensor index, Tensor source) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_index_copy_(self.handle(calls), dim, index.handle(calls), source.handle(calls)) != 0) {
                throw Native.failure("index_copy_", self, index, source);
            }
            return self;
        }
    }

    /// `aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
    default Tensor indexFill(long dim, Tensor index, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_index_fill_int_Scalar(self.handle(calls), dim, index.handle(calls), value, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("index_fill", self, index);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
    default Tensor indexFill(long dim, Tensor index, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_index_fill_int_Scalar(self.handle(calls), dim, index.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("index_fill", self, index);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::index_fill_.int_Scalar(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
    default Tensor indexFill_(long dim, Tensor index, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_index_fill__int_Scalar(self.handle(calls), dim, index.handle(calls), value, Scratch.INTEGER) != 0) {
                throw Native.failure("index_fill_", self, index);
            }
            return self;
        }
    }

    /// `aten::index_fill_.int_Scalar(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
    default Tensor indexFill_(long dim, Tensor index, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_index_fill__int_Scalar(self.handle(calls), dim, index.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE) != 0) {
                throw Native.failure("index_fill_", self, index);
            }
            return self;
        }
    }

    /// `aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor`
    default Tensor gather(long dim, Tensor index, boolean sparseGrad) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_gather(self.handle(calls), dim, index.handle(calls), sparseGrad);
            if (result == 0) {
                throw Native.failure("gather", self, index);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor gather(long dim, Tensor index) {
        return gather(dim, index, false);
    }

    /// `aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor`
    default Tensor scatter(long dim, Tensor index, Tensor src) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scatter_src(self.handle(calls), dim, index.handle(calls), src.handle(calls));
            if (result == 0) {
                throw Native.failure("scatter", self, index, src);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::scatter_.src(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)`
    default Tensor scatter_(long dim, Tensor index, Tensor src) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_scatter__src(self.handle(calls), dim, index.handle(calls), src.handle(calls)) != 0) {
                throw Native.failure("scatter_", self, index, src);
            }
            return self;
        }
    }

    /// `aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
    default Tensor scatter(long dim, Tensor index, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scatter_value(self.handle(calls), dim, index.handle(calls), value, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("scatter", self, index);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
    default Tensor scatter(long dim, Tensor index, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scatter_value(self.handle(calls), dim, index.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("scatter", self, index);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
    default Tensor scatter_(long dim, Tensor index, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_scatter__value(self.handle(calls), dim, index.handle(calls), value, Scratch.INTEGER) != 0) {
                throw Native.failure("scatter_", self, index);
            }
            return self;
        }
    }

    /// `aten::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
    default Tensor scatter_(long dim, Tensor index, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_scatter__value(self.handle(calls), dim, index.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE) != 0) {
                throw Native.failure("scatter_", self, index);
            }
            return self;
        }
    }

    /// `aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor`
    default Tensor scatterAdd(long dim, Tensor index, Tensor src) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scatter_add(self.handle(calls), dim, index.handle(calls), src.handle(calls));
            if (result == 0) {
                throw Native.failure("scatter_add", self, index, src);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::scatter_add_(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)`
    default Tensor scatterAdd_(long dim, Tensor index, Tensor src) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_scatter_add_(self.handle(calls), dim, index.handle(calls), src.handle(calls)) != 0) {
                throw Native.failure("scatter_add_", self, index, src);
            }
            return self;
        }
    }

    /// `aten::scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor`
    default Tensor scatterReduce(long dim, Tensor index, Tensor src, String reduce, boolean includeSelf) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_scatter_reduce_two(self.handle(calls), dim, index.handle(calls), src.handle(calls), scratch.text(reduce), includeSelf);
            if (result == 0) {
                throw Native.failure("scatter_reduce", self, index, src);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor scatterReduce(long dim, Tensor index, Tensor src, String reduce) {
        return scatterReduce(dim, index, src, reduce, true);
    }

    /// `aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor`
    default Tensor takeAlongDim(Tensor indices, Long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_take_along_dim(self.handle(calls), indices.handle(calls), dim == null ? 0 : dim, dim != null);
            if (result == 0) {
                throw Native.failure("take_along_dim", self, indices);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor takeAlongDim(Tensor indices) {
        return takeAlongDim(indices, (Long) null);
    }

    /// `aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor`
    default Tensor maskedFill(Tensor mask, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_masked_fill_Scalar(self.handle(calls), mask.handle(calls), value, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("masked_fill", self, mask);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor`
    default Tensor maskedFill(Tensor mask, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_masked_fill_Scalar(self.handle(calls), mask.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("masked_fill", self, mask);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)`
    default Tensor maskedFill_(Tensor mask, long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_masked_fill__Scalar(self.handle(calls), mask.handle(calls), value, Scratch.INTEGER) != 0) {
                throw Native.failure("masked_fill_", self, mask);
            }
            return self;
        }
    }

    /// `aten::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)`
    default Tensor maskedFill_(Tensor mask, double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_masked_fill__Scalar(self.handle(calls), mask.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE) != 0) {
                throw Native.failure("masked_fill_", self, mask);
            }
            return self;
        }
    }

    /// `aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor`
    default Tensor maskedFill(Tensor mask, Tensor value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_masked_fill_Tensor(self.handle(calls), mask.handle(calls), value.handle(calls));
            if (result == 0) {
                throw Native.failure("masked_fill", self, mask, value);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::masked_select(Tensor self, Tensor mask) -> Tensor`
    default Tensor maskedSelect(Tensor mask) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_masked_select(self.handle(calls), mask.handle(calls));
            if (result == 0) {
                throw Native.failure("masked_select", self, mask);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor`
    default Tensor maskedScatter(Tensor mask, Tensor source) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_masked_scatter(self.handle(calls), mask.handle(calls), source.handle(calls));
            if (result == 0) {
                throw Native.failure("masked_scatter", self, mask, source);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::nonzero(Tensor self) -> Tensor`
    default Tensor nonzero() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_nonzero(self.handle(calls));
            if (result == 0) {
                throw Native.failure("nonzero", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor`
    default Tensor sum(DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_sum(self.handle(calls), DType.code(dtype));
            if (result == 0) {
                throw Native.failure("sum", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor sum() {
        return sum((DType) null);
    }

    /// `aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
    default Tensor sum(long[] dim, boolean keepdim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_sum_dim_IntList(self.handle(calls), scratch.longs(dim), Scratch.size(dim), keepdim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("sum", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor sum(long dim, boolean keepdim, DType dtype) {
        return sum(new long[] {dim}, keepdim, dtype);
    }

    default Tensor sum(long dim, boolean keepdim) {
        return sum(new long[] {dim}, keepdim, (DType) null);
    }

    default Tensor sum(long[] dim, boolean keepdim) {
        return sum(dim, keepdim, (DType) null);
    }

    default Tensor sum(long... dim) {
        return sum(dim, false, (DType) null);
    }

    /// `aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor`
    default Tensor mean(DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mean(self.handle(calls), DType.code(dtype));
            if (result == 0) {
                throw Native.failure("mean", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor mean() {
        return mean((DType) null);
    }

    /// `aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
    default Tensor mean(long[] dim, boolean keepdim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_mean_dim(self.handle(calls), scratch.longs(dim), Scratch.size(dim), keepdim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("mean", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor mean(long dim, boolean keepdim, DType dtype) {
        return mean(new long[] {dim}, keepdim, dtype);
    }

    default Tensor mean(long dim, boolean keepdim) {
        return mean(new long[] {dim}, keepdim, (DType) null);
    }

    default Tensor mean(long[] dim, boolean keepdim) {
        return mean(dim, keepdim, (DType) null);
    }

    default Tensor mean(long... dim) {
        return mean(dim, false, (DType) null);
    }

    /// `aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor`
    default Tensor prod(DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_prod(self.handle(calls), DType.code(dtype));
            if (result == 0) {
                throw Native.failure("prod", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor prod() {
        return prod((DType) null);
    }

    /// `aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
    default Tensor prod(long dim, boolean keepdim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_prod_dim_int(self.handle(calls), dim, keepdim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("prod", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor prod(long dim, boolean keepdim) {
        return prod(dim, keepdim, (DType) null);
    }

    default Tensor prod(long dim) {
        return prod(dim, false, (DType) null);
    }

    /// `aten::max(Tensor self) -> Tensor`
    default Tensor max() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_max(self.handle(calls));
            if (result == 0) {
                throw Native.failure("max", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
    default ValuesIndices max(long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_max_dim(self.handle(calls), dim, keepdim, out) != 0) {
                throw Native.failure("max", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices max(long dim) {
        return max(dim, false);
    }

    /// `aten::max.other(Tensor self, Tensor other) -> Tensor`
    default Tensor max(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_max_other(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("max", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::min(Tensor self) -> Tensor`
    default Tensor min() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_min(self.handle(calls));
            if (result == 0) {
                throw Native.failure("min", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
    default ValuesIndices min(long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_min_dim(self.handle(calls), dim, keepdim, out) != 0) {
                throw Native.failure("min", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices min(long dim) {
        return min(dim, false);
    }

    /// `aten::min.other(Tensor self, Tensor other) -> Tensor`
    default Tensor min(Tensor other) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_min_other(self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("min", self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor`
    default Tensor amax(long[] dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_amax(self.handle(calls), scratch.longs(dim), dim.length, keepdim);
            if (result == 0) {
                throw Native.failure("amax", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor amax(long dim, boolean keepdim) {
        return amax(new long[] {dim}, keepdim);
    }

    default Tensor amax(long... dim) {
        return amax(dim, false);
    }

    default Tensor amax() {
        return amax(new long[] {}, false);
    }

    /// `aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor`
    default Tensor amin(long[] dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_amin(self.handle(calls), scratch.longs(dim), dim.length, keepdim);
            if (result == 0) {
                throw Native.failure("amin", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor amin(long dim, boolean keepdim) {
        return amin(new long[] {dim}, keepdim);
    }

    default Tensor amin(long... dim) {
        return amin(dim, false);
    }

    default Tensor amin() {
        return amin(new long[] {}, false);
    }

    /// `aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)`
    default Tensor[] aminmax(Long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_aminmax(self.handle(calls), dim == null ? 0 : dim, dim != null, keepdim, out) != 0) {
                throw Native.failure("aminmax", self);
            }
            return Tensor.ownAll(out, 2, calls);
        }
    }

    default Tensor[] aminmax(Long dim) {
        return aminmax(dim, false);
    }

    default Tensor[] aminmax() {
        return aminmax((Long) null, false);
    }

    /// `aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor`
    default Tensor argmax(Long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_argmax(self.handle(calls), dim == null ? 0 : dim, dim != null, keepdim);
            if (result == 0) {
                throw Native.failure("argmax", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor argmax(Long dim) {
        return argmax(dim, false);
    }

    default Tensor argmax() {
        return argmax((Long) null, false);
    }

    /// `aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor`
    default Tensor argmin(Long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_argmin(self.handle(calls), dim == null ? 0 : dim, dim != null, keepdim);
            if (result == 0) {
                throw Native.failure("argmin", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor argmin(Long dim) {
        return argmin(dim, false);
    }

    default Tensor argmin() {
        return argmin((Long) null, false);
    }

    /// `aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor`
    default Tensor var(long[] dim, Number correction, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_var_correction(self.handle(calls), scratch.longs(dim), Scratch.size(dim), Scratch.bits(correction), Scratch.kind(correction), keepdim);
            if (result == 0) {
                throw Native.failure("var", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor var(long[] dim, Number correction) {
        return var(dim, correction, false);
    }

    default Tensor var(long... dim) {
        return var(dim, (Number) null, false);
    }

    default Tensor var() {
        return var((long[]) null, (Number) null, false);
    }

    /// `aten::std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor`
    default Tensor std(long[] dim, Number correction, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_std_correction(self.handle(calls), scratch.longs(dim), Scratch.size(dim), Scratch.bits(correction), Scratch.kind(correction), keepdim);
            if (result == 0) {
                throw Native.failure("std", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor std(long[] dim, Number correction) {
        return std(dim, correction, false);
    }

    default Tensor std(long... dim) {
        return std(dim, (Number) null, false);
    }

    default Tensor std() {
        return std((long[]) null, (Number) null, false);
    }

    /// `aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
    default Tensor linalgVectorNorm(long ord, long[] dim, boolean keepdim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_linalg_vector_norm(self.handle(calls), ord, Scratch.INTEGER, scratch.longs(dim), Scratch.size(dim), keepdim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("linalg_vector_norm", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor linalgVectorNorm(long ord, long dim, boolean keepdim, DType dtype) {
        return linalgVectorNorm(ord, new long[] {dim}, keepdim, dtype);
    }

    default Tensor linalgVectorNorm(long ord, long dim, boolean keepdim) {
        return linalgVectorNorm(ord, new long[] {dim}, keepdim, (DType) null);
    }

    default Tensor linalgVectorNorm(long ord, long[] dim, boolean keepdim) {
        return linalgVectorNorm(ord, dim, keepdim, (DType) null);
    }

    default Tensor linalgVectorNorm(long ord, long... dim) {
        return linalgVectorNorm(ord, dim, false, (DType) null);
    }

    default Tensor linalgVectorNorm(long ord) {
        return linalgVectorNorm(ord, (long[]) null, false, (DType) null);
    }

    default Tensor linalgVectorNorm() {
        return linalgVectorNorm(2L, (long[]) null, false, (DType) null);
    }

    /// `aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
    default Tensor linalgVectorNorm(double ord, long[] dim, boolean keepdim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_linalg_vector_norm(self.handle(calls), Double.doubleToRawLongBits(ord), Scratch.DOUBLE, scratch.longs(dim), Scratch.size(dim), keepdim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("linalg_vector_norm", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor linalgVectorNorm(double ord, long dim, boolean keepdim, DType dtype) {
        return linalgVectorNorm(ord, new long[] {dim}, keepdim, dtype);
    }

    default Tensor linalgVectorNorm(double ord, long dim, boolean keepdim) {
        return linalgVectorNorm(ord, new long[] {dim}, keepdim, (DType) null);
    }

    default Tensor linalgVectorNorm(double ord, long[] dim, boolean keepdim) {
        return linalgVectorNorm(ord, dim, keepdim, (DType) null);
    }

    default Tensor linalgVectorNorm(double ord, long... dim) {
        return linalgVectorNorm(ord, dim, false, (DType) null);
    }

    default Tensor linalgVectorNorm(double ord) {
        return linalgVectorNorm(ord, (long[]) null, false, (DType) null);
    }

    /// `aten::norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor`
    default Tensor norm(Number p, long[] dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_norm_ScalarOpt_dim(self.handle(calls), Scratch.bits(p), Scratch.kind(p), scratch.longs(dim), dim.length, keepdim);
            if (result == 0) {
                throw Native.failure("norm", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor norm(Number p, long dim, boolean keepdim) {
        return norm(p, new long[] {dim}, keepdim);
    }

    default Tensor norm(Number p, long... dim) {
        return norm(p, dim, false);
    }

    /// `aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor`
    default Tensor logsumexp(long[] dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_logsumexp(self.handle(calls), scratch.longs(dim), dim.length, keepdim);
            if (result == 0) {
                throw Native.failure("logsumexp", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor logsumexp(long dim, boolean keepdim) {
        return logsumexp(new long[] {dim}, keepdim);
    }

    default Tensor logsumexp(long... dim) {
        return logsumexp(dim, false);
    }

    /// `aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor`
    default Tensor cumsum(long dim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_cumsum(self.handle(calls), dim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("cumsum", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor cumsum(long dim) {
        return cumsum(dim, (DType) null);
    }

    /// `aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor`
    default Tensor cumprod(long dim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_cumprod(self.handle(calls), dim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("cumprod", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor cumprod(long dim) {
        return cumprod(dim, (DType) null);
    }

    /// `aten::count_nonzero(Tensor self, int? dim=None) -> Tensor`
    default Tensor countNonzero(Long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_count_nonzero(self.handle(calls), dim == null ? 0 : dim, dim != null);
            if (result == 0) {
                throw Native.failure("count_nonzero", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor countNonzero() {
        return countNonzero((Long) null);
    }

    /// `aten::median(Tensor self) -> Tensor`
    default Tensor median() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_median(self.handle(calls));
            if (result == 0) {
                throw Native.failure("median", self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
    default ValuesIndices median(long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_median_dim(self.handle(calls), dim, keepdim, out) != 0) {
                throw Native.failure("median", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices median(long dim) {
        return median(dim, false);
    }

    /// `aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)`
    default ValuesIndices topk(long k, long dim, boolean largest, boolean sorted) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_topk(self.handle(calls), k, dim, largest, sorted, out) != 0) {
                throw Native.failure("topk", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices topk(long k, long dim, boolean largest) {
        return topk(k, dim, largest, true);
    }

    default ValuesIndices topk(long k, long dim) {
        return topk(k, dim, true, true);
    }

    default ValuesIndices topk(long k) {
        return topk(k, -1L, true, true);
    }

    /// `aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)`
    default ValuesIndices sort(long dim, boolean descending) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_sort(self.handle(calls), dim, descending, out) != 0) {
                throw Native.failure("sort", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices sort(long dim) {
        return sort(dim, false);
    }

    default ValuesIndices sort() {
        return sort(-1L, false);
    }

    /// `aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)`
    default ValuesIndices sort(Boolean stable, long dim, boolean descending) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_sort_stable(self.handle(calls), stable == null ? -1 : stable ? 1 : 0, dim, descending, out) != 0) {
                throw Native.failure("sort", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices sort(Boolean stable, long dim) {
        return sort(stable, dim, false);
    }

    default ValuesIndices sort(Boolean stable) {
        return sort(stable, -1L, false);
    }

    /// `aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor`
    default Tensor argsort(long dim, boolean descending) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_argsort(self.handle(calls), dim, descending);
            if (result == 0) {
                throw Native.failure("argsort", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor argsort(long dim) {
        return argsort(dim, false);
    }

    default Tensor argsort() {
        return argsort(-1L, false);
    }

    /// `aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)`
    default ValuesIndices kthvalue(long k, long dim, boolean keepdim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(2);
            if (ops_h.mn_kthvalue(self.handle(calls), k, dim, keepdim, out) != 0) {
                throw Native.failure("kthvalue", self);
            }
            return ValuesIndices.own(out, calls);
        }
    }

    default ValuesIndices kthvalue(long k, long dim) {
        return kthvalue(k, dim, false);
    }

    default ValuesIndices kthvalue(long k) {
        return kthvalue(k, -1L, false);
    }

    /// `aten::bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor`
    default Tensor bincount(Tensor weights, long minlength) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bincount(self.handle(calls), Tensor.handleOrZero(weights, calls), minlength);
            if (result == 0) {
                throw Native.failure("bincount", self, weights);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor bincount(Tensor weights) {
        return bincount(weights, 0L);
    }

    default Tensor bincount() {
        return bincount((Tensor) null, 0L);
    }

    /// `aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor`
    default Tensor histc(long bins, long min, long max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_histc(self.handle(calls), bins, min, Scratch.INTEGER, max, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("histc", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor histc(long bins, long min) {
        return histc(bins, min, 0L);
    }

    default Tensor histc(long bins) {
        return histc(bins, 0L, 0L);
    }

    default Tensor histc() {
        return histc(100L, 0L, 0L);
    }

    /// `aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor`
    default Tensor histc(long bins, double min, double max) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_histc(self.handle(calls), bins, Double.doubleToRawLongBits(min), Scratch.DOUBLE, Double.doubleToRawLongBits(max), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("histc", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor histc(long bins, double min) {
        return histc(bins, min, 0.0);
    }

    /// `aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)`
    default Tensor[] unique2(boolean sorted, boolean returnInverse, boolean returnCounts) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(3);
            if (ops_h.mn__unique2(self.handle(calls), sorted, returnInverse, returnCounts, out) != 0) {
                throw Native.failure("_unique2", self);
            }
            return Tensor.ownAll(out, 3, calls);
        }
    }

    default Tensor[] unique2(boolean sorted, boolean returnInverse) {
        return unique2(sorted, returnInverse, false);
    }

    default Tensor[] unique2(boolean sorted) {
        return unique2(sorted, false, false);
    }

    default Tensor[] unique2() {
        return unique2(true, false, false);
    }

    /// `aten::unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)`
    default Tensor[] uniqueConsecutive(boolean returnInverse, boolean returnCounts, Long dim) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(3);
            if (ops_h.mn_unique_consecutive(self.handle(calls), returnInverse, returnCounts, dim == null ? 0 : dim, dim != null, out) != 0) {
                throw Native.failure("unique_consecutive", self);
            }
            return Tensor.ownAll(out, 3, calls);
        }
    }

    default Tensor[] uniqueConsecutive(boolean returnInverse, boolean returnCounts) {
        return uniqueConsecutive(returnInverse, returnCounts, (Long) null);
    }

    default Tensor[] uniqueConsecutive(boolean returnInverse) {
        return uniqueConsecutive(returnInverse, false, (Long) null);
    }

    default Tensor[] uniqueConsecutive() {
        return uniqueConsecutive(false, false, (Long) null);
    }

    /// `aten::unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)`
    default Tensor[] uniqueDim(long dim, boolean sorted, boolean returnInverse, boolean returnCounts) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(3);
            if (ops_h.mn_unique_dim(self.handle(calls), dim, sorted, returnInverse, returnCounts, out) != 0) {
                throw Native.failure("unique_dim", self);
            }
            return Tensor.ownAll(out, 3, calls);
        }
    }

    default Tensor[] uniqueDim(long dim, boolean sorted, boolean returnInverse) {
        return uniqueDim(dim, sorted, returnInverse, false);
    }

    default Tensor[] uniqueDim(long dim, boolean sorted) {
        return uniqueDim(dim, sorted, false, false);
    }

    default Tensor[] uniqueDim(long dim) {
        return uniqueDim(dim, true, false, false);
    }

    /// `aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor`
    default Tensor bucketize(Tensor boundaries, boolean outInt32, boolean right) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bucketize_Tensor(self.handle(calls), boundaries.handle(calls), outInt32, right);
            if (result == 0) {
                throw Native.failure("bucketize", self, boundaries);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor bucketize(Tensor boundaries, boolean outInt32) {
        return bucketize(boundaries, outInt32, false);
    }

    default Tensor bucketize(Tensor boundaries) {
        return bucketize(boundaries, false, false);
    }

    /// `aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor`
    default Tensor softmax(long dim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_softmax_int(self.handle(calls), dim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("softmax", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor softmax(long dim) {
        return softmax(dim, (DType) null);
    }

    /// `aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor`
    default Tensor logSoftmax(long dim, DType dtype) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_log_softmax_int(self.handle(calls), dim, DType.code(dtype));
            if (result == 0) {
                throw Native.failure("log_softmax", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor logSoftmax(long dim) {
        return logSoftmax(dim, (DType) null);
    }

    /// `aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100, float label_smoothing=0.0) -> Tensor`
    default Tensor crossEntropyLoss(Tensor target, Tensor weight, long reduction, long ignoreIndex, double labelSmoothing) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_cross_entropy_loss(self.handle(calls), target.handle(calls), Tensor.handleOrZero(weight, calls), reduction, ignoreIndex, labelSmoothing);
            if (result == 0) {
                throw Native.failure("cross_entropy_loss", self, target, weight);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor crossEntropyLoss(Tensor target, Tensor weight, long reduction, long ignoreIndex) {
        return crossEntropyLoss(target, weight, reduction, ignoreIndex, 0.0);
    }

    default Tensor crossEntropyLoss(Tensor target, Tensor weight, long reduction) {
        return crossEntropyLoss(target, weight, reduction, -100L, 0.0);
    }

    default Tensor crossEntropyLoss(Tensor target, Tensor weight) {
        return crossEntropyLoss(target, weight, 1, -100L, 0.0);
    }

    default Tensor crossEntropyLoss(Tensor target) {
        return crossEntropyLoss(target, (Tensor) null, 1, -100L, 0.0);
    }

    /// `aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=Mean, SymInt ignore_index=-100) -> Tensor`
    default Tensor nllLoss(Tensor target, Tensor weight, long reduction, long ignoreIndex) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_nll_loss(self.handle(calls), target.handle(calls), Tensor.handleOrZero(weight, calls), reduction, ignoreIndex);
            if (result == 0) {
                throw Native.failure("nll_loss", self, target, weight);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor nllLoss(Tensor target, Tensor weight, long reduction) {
        return nllLoss(target, weight, reduction, -100L);
    }

    default Tensor nllLoss(Tensor target, Tensor weight) {
        return nllLoss(target, weight, 1, -100L);
    }

    default Tensor nllLoss(Tensor target) {
        return nllLoss(target, (Tensor) null, 1, -100L);
    }

    /// `aten::mse_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor`
    default Tensor mseLoss(Tensor target, long reduction) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_mse_loss(self.handle(calls), target.handle(calls), reduction);
            if (result == 0) {
                throw Native.failure("mse_loss", self, target);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor mseLoss(Tensor target) {
        return mseLoss(target, 1);
    }

    /// `aten::l1_loss(Tensor self, Tensor target, int reduction=Mean) -> Tensor`
    default Tensor l1Loss(Tensor target, long reduction) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_l1_loss(self.handle(calls), target.handle(calls), reduction);
            if (result == 0) {
                throw Native.failure("l1_loss", self, target);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor l1Loss(Tensor target) {
        return l1Loss(target, 1);
    }

    /// `aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=Mean, float beta=1.0) -> Tensor`
    default Tensor smoothL1Loss(Tensor target, long reduction, double beta) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_smooth_l1_loss(self.handle(calls), target.handle(calls), reduction, beta);
            if (result == 0) {
                throw Native.failure("smooth_l1_loss", self, target);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor smoothL1Loss(Tensor target, long reduction) {
        return smoothL1Loss(target, reduction, 1.0);
    }

    default Tensor smoothL1Loss(Tensor target) {
        return smoothL1Loss(target, 1, 1.0);
    }

    /// `aten::huber_loss(Tensor self, Tensor target, int reduction=Mean, float delta=1.0) -> Tensor`
    default Tensor huberLoss(Tensor target, long reduction, double delta) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_huber_loss(self.handle(calls), target.handle(calls), reduction, delta);
            if (result == 0) {
                throw Native.failure("huber_loss", self, target);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor huberLoss(Tensor target, long reduction) {
        return huberLoss(target, reduction, 1.0);
    }

    default Tensor huberLoss(Tensor target) {
        return huberLoss(target, 1, 1.0);
    }

    /// `aten::kl_div(Tensor self, Tensor target, int reduction=Mean, *, bool log_target=False) -> Tensor`
    default Tensor klDiv(Tensor target, long reduction, boolean logTarget) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_kl_div(self.handle(calls), target.handle(calls), reduction, logTarget);
            if (result == 0) {
                throw Native.failure("kl_div", self, target);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor klDiv(Tensor target, long reduction) {
        return klDiv(target, reduction, false);
    }

    default Tensor klDiv(Tensor target) {
        return klDiv(target, 1, false);
    }

    /// `aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=Mean) -> Tensor`
    default Tensor binaryCrossEntropyWithLogits(Tensor target, Tensor weight, Tensor posWeight, long reduction) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_binary_cross_entropy_with_logits(self.handle(calls), target.handle(calls), Tensor.handleOrZero(weight, calls), Tensor.handleOrZero(posWeight, calls), reduction);
            if (result == 0) {
                throw Native.failure("binary_cross_entropy_with_logits", self, target, weight, posWeight);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor binaryCrossEntropyWithLogits(Tensor target, Tensor weight, Tensor posWeight) {
        return binaryCrossEntropyWithLogits(target, weight, posWeight, 1);
    }

    default Tensor binaryCrossEntropyWithLogits(Tensor target, Tensor weight) {
        return binaryCrossEntropyWithLogits(target, weight, (Tensor) null, 1);
    }

    default Tensor binaryCrossEntropyWithLogits(Tensor target) {
        return binaryCrossEntropyWithLogits(target, (Tensor) null, (Tensor) null, 1);
    }

    /// `aten::dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)`
    default Tensor dropout_(double p, boolean train) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_dropout_(self.handle(calls), p, train) != 0) {
                throw Native.failure("dropout_", self);
            }
            return self;
        }
    }

    /// `aten::one_hot(Tensor self, int num_classes=-1) -> Tensor`
    default Tensor oneHot(long numClasses) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_one_hot(self.handle(calls), numClasses);
            if (result == 0) {
                throw Native.failure("one_hot", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor oneHot() {
        return oneHot(-1L);
    }

    /// `aten::empty_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor emptyLike(DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_empty_like(self.handle(calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("empty_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor emptyLike(DType dtype) {
        return emptyLike(dtype, (Device) null);
    }

    default Tensor emptyLike() {
        return emptyLike((DType) null, (Device) null);
    }

    /// `aten::zeros_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor zerosLike(DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_zeros_like(self.handle(calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("zeros_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor zerosLike(DType dtype) {
        return zerosLike(dtype, (Device) null);
    }

    default Tensor zerosLike() {
        return zerosLike((DType) null, (Device) null);
    }

    /// `aten::ones_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor onesLike(DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_ones_like(self.handle(calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("ones_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor onesLike(DType dtype) {
        return onesLike(dtype, (Device) null);
    }

    default Tensor onesLike() {
        return onesLike((DType) null, (Device) null);
    }

    /// `aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor fullLike(long fillValue, DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_full_like(self.handle(calls), fillValue, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("full_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor fullLike(long fillValue, DType dtype) {
        return fullLike(fillValue, dtype, (Device) null);
    }

    default Tensor fullLike(long fillValue) {
        return fullLike(fillValue, (DType) null, (Device) null);
    }

    /// `aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor fullLike(double fillValue, DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_full_like(self.handle(calls), Double.doubleToRawLongBits(fillValue), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("full_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor fullLike(double fillValue, DType dtype) {
        return fullLike(fillValue, dtype, (Device) null);
    }

    default Tensor fullLike(double fillValue) {
        return fullLike(fillValue, (DType) null, (Device) null);
    }

    /// `aten::new_zeros(Tensor self, SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    default Tensor newZeros(long[] size, DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_new_zeros(self.handle(calls), scratch.longs(size), size.length, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("new_zeros", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor newZeros(long[] size, DType dtype) {
        return newZeros(size, dtype, (Device) null);
    }

    default Tensor newZeros(long... size) {
        return newZeros(size, (DType) null, (Device) null);
    }

    /// `aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    default Tensor newFull(long[] size, long fillValue, DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_new_full(self.handle(calls), scratch.longs(size), size.length, fillValue, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("new_full", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor newFull(long[] size, long fillValue, DType dtype) {
        return newFull(size, fillValue, dtype, (Device) null);
    }

    default Tensor newFull(long[] size, long fillValue) {
        return newFull(size, fillValue, (DType) null, (Device) null);
    }

    /// `aten::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    default Tensor newFull(long[] size, double fillValue, DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_new_full(self.handle(calls), scratch.longs(size), size.length, Double.doubleToRawLongBits(fillValue), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("new_full", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor newFull(long[] size, double fillValue, DType dtype) {
        return newFull(size, fillValue, dtype, (Device) null);
    }

    default Tensor newFull(long[] size, double fillValue) {
        return newFull(size, fillValue, (DType) null, (Device) null);
    }

    /// `aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)`
    default Tensor fill_(long value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_fill__Scalar(self.handle(calls), value, Scratch.INTEGER) != 0) {
                throw Native.failure("fill_", self);
            }
            return self;
        }
    }

    /// `aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)`
    default Tensor fill_(double value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_fill__Scalar(self.handle(calls), Double.doubleToRawLongBits(value), Scratch.DOUBLE) != 0) {
                throw Native.failure("fill_", self);
            }
            return self;
        }
    }

    /// `aten::fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)`
    default Tensor fill_(Tensor value) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_fill__Tensor(self.handle(calls), value.handle(calls)) != 0) {
                throw Native.failure("fill_", self, value);
            }
            return self;
        }
    }

    /// `aten::zero_(Tensor(a!) self) -> Tensor(a!)`
    default Tensor zero_() {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_zero_(self.handle(calls)) != 0) {
                throw Native.failure("zero_", self);
            }
            return self;
        }
    }

    /// `aten::rand_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor randLike(DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_rand_like(self.handle(calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("rand_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor randLike(DType dtype) {
        return randLike(dtype, (Device) null);
    }

    default Tensor randLike() {
        return randLike((DType) null, (Device) null);
    }

    /// `aten::randn_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    default Tensor randnLike(DType dtype, Device device) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_randn_like(self.handle(calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("randn_like", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor randnLike(DType dtype) {
        return randnLike(dtype, (Device) null);
    }

    default Tensor randnLike() {
        return randnLike((DType) null, (Device) null);
    }

    /// `aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor`
    default Tensor bernoulli(Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_bernoulli(self.handle(calls), Generator.handleOrZero(generator, calls));
            if (result == 0) {
                throw Native.failure("bernoulli", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor bernoulli() {
        return bernoulli((Generator) null);
    }

    /// `aten::bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)`
    default Tensor bernoulli_(double p, Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_bernoulli__float(self.handle(calls), p, Generator.handleOrZero(generator, calls)) != 0) {
                throw Native.failure("bernoulli_", self);
            }
            return self;
        }
    }

    default Tensor bernoulli_(double p) {
        return bernoulli_(p, (Generator) null);
    }

    default Tensor bernoulli_() {
        return bernoulli_(0.5, (Generator) null);
    }

    /// `aten::normal_(Tensor(a!) self, float mean=0, float std=1, *, Generator? generator=None) -> Tensor(a!)`
    default Tensor normal_(double mean, double std, Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_normal_(self.handle(calls), mean, std, Generator.handleOrZero(generator, calls)) != 0) {
                throw Native.failure("normal_", self);
            }
            return self;
        }
    }

    default Tensor normal_(double mean, double std) {
        return normal_(mean, std, (Generator) null);
    }

    default Tensor normal_(double mean) {
        return normal_(mean, 1.0, (Generator) null);
    }

    default Tensor normal_() {
        return normal_(0.0, 1.0, (Generator) null);
    }

    /// `aten::uniform_(Tensor(a!) self, float from=0, float to=1, *, Generator? generator=None) -> Tensor(a!)`
    default Tensor uniform_(double from, double to, Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_uniform_(self.handle(calls), from, to, Generator.handleOrZero(generator, calls)) != 0) {
                throw Native.failure("uniform_", self);
            }
            return self;
        }
    }

    default Tensor uniform_(double from, double to) {
        return uniform_(from, to, (Generator) null);
    }

    default Tensor uniform_(double from) {
        return uniform_(from, 1.0, (Generator) null);
    }

    default Tensor uniform_() {
        return uniform_(0.0, 1.0, (Generator) null);
    }

    /// `aten::random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)`
    default Tensor random_(long from, Long to, Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_random__from(self.handle(calls), from, to == null ? 0 : to, to != null, Generator.handleOrZero(generator, calls)) != 0) {
                throw Native.failure("random_", self);
            }
            return self;
        }
    }

    default Tensor random_(long from, Long to) {
        return random_(from, to, (Generator) null);
    }

    default Tensor random_(long from) {
        return random_(from, (Long) null, (Generator) null);
    }

    /// `aten::random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)`
    default Tensor random_(Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_random_(self.handle(calls), Generator.handleOrZero(generator, calls)) != 0) {
                throw Native.failure("random_", self);
            }
            return self;
        }
    }

    default Tensor random_() {
        return random_((Generator) null);
    }

    /// `aten::multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor`
    default Tensor multinomial(long numSamples, boolean replacement, Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_multinomial(self.handle(calls), numSamples, replacement, Generator.handleOrZero(generator, calls));
            if (result == 0) {
                throw Native.failure("multinomial", self);
            }
            return Tensor.own(result, calls);
        }
    }

    default Tensor multinomial(long numSamples, boolean replacement) {
        return multinomial(numSamples, replacement, (Generator) null);
    }

    default Tensor multinomial(long numSamples) {
        return multinomial(numSamples, false, (Generator) null);
    }

    /// `aten::exponential_(Tensor(a!) self, float lambd=1, *, Generator? generator=None) -> Tensor(a!)`
    default Tensor exponential_(double lambd, Generator generator) {
        Tensor self = (Tensor) this;
        try (Calls calls = Calls.enter()) {
            if (ops_h.mn_exponential_(self.handle(calls), lambd, Generator.handleOrZero(generator, calls)) != 0) {
                throw Native.failure("exponential_", self);
            }
            return self;
        }
    }

    default Tensor exponential_(double lambd) {
        return exponential_(lambd, (Generator) null);
    }

    default Tensor exponential_() {
        return exponential_(1.0, (Generator) null);
    }
}
