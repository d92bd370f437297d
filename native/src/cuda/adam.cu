// Lazy Adam on given rows, a warp for each (rows.h), and the constants that the rows of any update share.
#include "rows.h"

namespace mneme::cuda {

namespace {

template <class Real>
__global__ void prepare_kernel(AdamRates rates, const int64_t* step, const double* lr, Prepared<Real>* prepared, FaultSink bad_step) {
    const int64_t t = *step;
    if (t < 1) {
        report(bad_step, t);
    }
    prepared->common = AdamStep<Real>(*lr, rates, static_cast<double>(t));
    prepared->lr = *lr;
    prepared->t = t;
    prepared->valid = t >= 1;
}

// Each lane reads and writes its own columns only, so a row that is given twice spoils that row and nothing else.
template <int PARTS, class Value, class Real>
__global__ void __launch_bounds__(WARPS * 32, BLOCKS_FOR<PARTS, Real>) sparse_adam_kernel(
    const int64_t* rows, const Real* grads, int64_t U, int64_t K, int64_t D, AdamTable<Value, Real> table, FaultSink fault) {
    const int lane = threadIdx.x % 32;
    const int64_t u = static_cast<int64_t>(blockIdx.x) * WARPS + threadIdx.x / 32;
    if (u >= U) {
        return;
    }
    const int64_t row = rows[u];
    if (outside(row, K)) {
        report(fault, row);
        return;
    }
    finish_row<PARTS, false>(
        static_cast<Real*>(nullptr), table, static_cast<const Value*>(table.values), row, D, lane,
        [&](int64_t begin, const Tile<Real, PARTS>&, bool) { return load_tile<Real, PARTS>(grads + u * D, begin, D, lane); });
}

}  // namespace

template <class Value, class Real>
cudaError_t prepare_adam(const AdamTable<Value, Real>& table, cudaStream_t stream) {
    static_assert(sizeof(Prepared<Real>) <= PREPARED_BYTES);
    prepare_kernel<<<1, 1, 0, stream>>>(table.rates, table.step, table.lr, static_cast<Prepared<Real>*>(table.prepared), table.bad_step);
    return cudaGetLastError();
}

template <class Value, class Real>
cudaError_t sparse_adam(const int64_t* rows, const Real* grads, int64_t U, int64_t K, int64_t D, const AdamTable<Value, Real>& table,
                        FaultSink fault, cudaStream_t stream) {
    cudaError_t status = prepare_adam(table, stream);
    if (status != cudaSuccess || U == 0) {
        return status;
    }
    sparse_adam_kernel<4><<<static_cast<unsigned>((U + WARPS - 1) / WARPS), WARPS * 32, 0, stream>>>(rows, grads, U, K, D, table, fault);
    return cudaGetLastError();
}

template cudaError_t prepare_adam(const AdamTable<float, float>&, cudaStream_t);
template cudaError_t prepare_adam(const AdamTable<Bfloat16, float>&, cudaStream_t);
template cudaError_t prepare_adam(const AdamTable<double, double>&, cudaStream_t);
template cudaError_t sparse_adam(
    const int64_t*, const float*, int64_t, int64_t, int64_t, const AdamTable<float, float>&, FaultSink, cudaStream_t);
template cudaError_t sparse_adam(
    const int64_t*, const float*, int64_t, int64_t, int64_t, const AdamTable<Bfloat16, float>&, FaultSink, cudaStream_t);
template cudaError_t sparse_adam(
    const int64_t*, const double*, int64_t, int64_t, int64_t, const AdamTable<double, double>&, FaultSink, cudaStream_t);

}  // namespace mneme::cuda
