// libtorch's CPU memory with this library loaded: what tensors hold stays theirs, and what they held goes back.
#include "expect.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int64_t MIB = 1 << 20;

int64_t resident_bytes() {
    int64_t all, resident;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

int64_t huge_page_bytes() {
    std::ifstream rollup("/proc/self/smaps_rollup");
    std::string key;
    for (int64_t kib; rollup >> key;) {
        if (key == "AnonHugePages:" && rollup >> kib) {
            return kib * 1024;
        }
    }
    return 0;
}

at::Tensor bytes(int64_t n) { return at::empty({n}, at::kByte); }

// Sizes around the bound between small blocks, which are libtorch's, and large ones; each filled with its own number.
void blocks_keep_what_was_written(unsigned seed, bool* kept) {
    std::mt19937_64 random(seed);
    std::vector<std::pair<at::Tensor, uint8_t>> live;
    *kept = true;
    for (int i = 0; i < 1500; i++) {
        if (live.size() > 40 || (!live.empty() && random() % 3 == 0)) {
            size_t which = random() % live.size();
            auto& [tensor, mark] = live[which];
            *kept = *kept && tensor.eq(mark).all().item<bool>();
            live.erase(live.begin() + static_cast<int64_t>(which));
        } else {
            int64_t size = MIB / 2 + static_cast<int64_t>(random() % (random() % 8 == 0 ? 20 * MIB : 3 * MIB));
            auto mark = static_cast<uint8_t>(random());
            live.emplace_back(bytes(size).fill_(mark), mark);
            *kept = *kept && reinterpret_cast<uintptr_t>(live.back().first.data_ptr()) % 64 == 0;
        }
    }
}

void threads_share_the_blocks() {
    bool kept[3];
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 3; i++) {
        threads.emplace_back(blocks_keep_what_was_written, i + 1, &kept[i]);
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT(kept[0] && kept[1] && kept[2]);
}

void free_memory_goes_back_to_the_system() {
    int64_t before = resident_bytes();
    std::vector<at::Tensor> tensors;
    for (int i = 0; i < 100; i++) {
        tensors.push_back(bytes(4 * MIB + 4096 * i).fill_(1));
    }
    EXPECT(resident_bytes() - before >= (400 - 64) * MIB);  // up to 64 MiB were kept from earlier tensors
    for (size_t i = 0; i < tensors.size(); i += 2) {
        tensors[i].reset();
    }
    EXPECT(tensors[1].eq(1).all().item<bool>() && tensors[99].eq(1).all().item<bool>());
    tensors.clear();
    EXPECT(resident_bytes() - before <= 80 * MIB);
}

// Every second block of less than a huge page: what is free shares its pages with what is not.
void memory_between_used_blocks_goes_back_too() {
    std::vector<at::Tensor> tensors;
    for (int i = 0; i < 1000; i++) {
        tensors.push_back(bytes(MIB + MIB / 2).fill_(1));
    }
    int64_t before = resident_bytes();
    for (size_t i = 0; i < tensors.size(); i += 2) {
        tensors[i].reset();
    }
    EXPECT(before - resident_bytes() >= 400 * MIB);  // of 750 MiB that are free 256 may stay, and parts of pages
    bool kept = true;
    for (size_t i = 1; i < tensors.size(); i += 2) {
        kept = kept && tensors[i].eq(1).all().item<bool>();
    }
    EXPECT(kept);
}

void a_free_block_is_handed_on() {
    at::Tensor first = bytes(3 * MIB);
    void* place = first.data_ptr();
    at::Tensor beside = bytes(3 * MIB);
    first.reset();
    EXPECT(bytes(3 * MIB).data_ptr() == place);
}

// As oneDNN's layers take theirs.
void raw_blocks_come_and_go() {
    c10::Allocator* allocator = c10::GetAllocator(c10::kCPU);
    for (size_t size : {size_t{0}, size_t{100}, size_t{MIB}, size_t{30 * MIB}}) {
        void* block = allocator->raw_allocate(size);
        std::memset(block, 1, size);
        allocator->raw_deallocate(block);
    }
}

// Otherwise each use of it would be a page fault after the other.
void a_loop_keeps_its_memory() {
    bytes(40 * MIB).fill_(1);
    rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    for (int i = 0; i < 100; i++) {
        bytes(40 * MIB).fill_(1);
    }
    getrusage(RUSAGE_SELF, &after);
    EXPECT(after.ru_minflt - before.ru_minflt < 500);
}

bool refused(size_t size) {
    try {
        at::Tensor tensor = bytes(static_cast<int64_t>(size));
    } catch (const c10::Error& e) {
        return std::string(e.what()).find("can't allocate memory") != std::string::npos;
    }
    return false;
}

// A system that promises what it cannot keep kills whoever takes its word (vm.overcommit_memory 1 always promises).
void more_than_the_machine_has_is_refused() {
    int mode = 1;
    std::ifstream("/proc/sys/vm/overcommit_memory") >> mode;
    std::ifstream info("/proc/meminfo");
    std::string key;
    int64_t total = 0;
    while (info >> key) {
        int64_t kib;
        if ((key == "MemTotal:" || key == "SwapTotal:") && info >> kib) {
            total += kib * 1024;
        }
    }
    EXPECT(total > 0 && (mode == 1 || refused(static_cast<size_t>(total) + 1024 * MIB)));
    EXPECT(refused(static_cast<size_t>(1) << 62));
}

void large_blocks_come_and_go() {
    int64_t before = resident_bytes();
    at::Tensor large = bytes(5000 * MIB);  // more than a segment
    large.narrow(0, 0, 100 * MIB).fill_(7);
    large.narrow(0, 4900 * MIB, 100 * MIB).fill_(8);
    EXPECT(large[100 * MIB - 1].item<int>() == 7 && large[5000 * MIB - 1].item<int>() == 8);
    large.reset();
    EXPECT(resident_bytes() - before <= 64 * MIB);
}

void a_block_that_grows_keeps_its_start() {
    at::Tensor tensor = bytes(MIB).fill_(3);
    tensor.resize_({9 * MIB});
    EXPECT(tensor.narrow(0, 0, MIB).eq(3).all().item<bool>());
}

void pages_are_huge_where_the_system_has_them() {
    std::string modes;
    std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), modes);
    if (modes.empty() || modes.find("[never]") != std::string::npos) {
        return;
    }
    int64_t before = huge_page_bytes();
    at::Tensor tensor = bytes(200 * MIB).fill_(1);
    EXPECT(huge_page_bytes() - before >= 100 * MIB);
}

// The last test: there is no more address space after it.
void no_memory_is_an_error_with_text() {
    rlimit none{0, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &none);
    for (int64_t size : {800 * MIB, 5000 * MIB}) {
        std::vector<at::Tensor> tensors;
        std::string said;
        try {
            for (int i = 0; i < 20; i++) {
                tensors.push_back(bytes(size));
            }
        } catch (const c10::Error& e) {
            said = e.what();
        }
        EXPECT(said.find("can't allocate memory") != std::string::npos);
    }
}

}  // namespace

int main() {
    at::set_num_threads(1);
    pages_are_huge_where_the_system_has_them();
    threads_share_the_blocks();
    free_memory_goes_back_to_the_system();
    memory_between_used_blocks_goes_back_too();
    a_free_block_is_handed_on();
    raw_blocks_come_and_go();
    a_loop_keeps_its_memory();
    more_than_the_machine_has_is_refused();
    large_blocks_come_and_go();
    a_block_that_grows_keeps_its_start();
    no_memory_is_an_error_with_text();
    return result();
}
