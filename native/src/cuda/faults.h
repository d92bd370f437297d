// Where kernels report what they could not do (launch.h), and how it becomes an exception.
#pragma once

#include "launch.h"

#include <c10/core/Device.h>

namespace mneme::cuda {

// One device's word. It is in pinned host memory that the device writes to by itself, so looking at it costs a read and no waiting.
class Faults {
public:
    // Those of the current device.
    static Faults& of_current_device();

    // Throws what was reported since the last call, of any op on this device: an IndexError that names the op and the id. A kernel runs
    // after its op has returned, so it is a later op that throws, in general the next one; replays of a graph are seen in the same way.
    void raise();

    FaultSink sink(Fault fault) const { return {device_, fault}; }

private:
    unsigned long long *host_ = nullptr, *device_ = nullptr;
    c10::DeviceIndex index_ = -1;
};

}  // namespace mneme::cuda
