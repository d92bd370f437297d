// libtorch's memory on the CPU. Blocks of a MiB or more lie in huge pages, and are handed on from one tensor to the next; smaller ones are
// as libtorch has them.
//
// The first touch of a page is a fault, and glibc gives large blocks back to the system as soon as they are free: reading a BERT-base, or
// one step of its training, is a hundred thousand faults of 4 KiB. Of 2 MiB they are two hundred. Blocks share the huge pages at their
// ends, so that no size wastes any. Once more than 64 MiB are free in whole huge pages, the largest free blocks go back to the system; what is
// free in parts of huge pages goes back once it is more than 256 MiB, in small pages.
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <pthread.h>
#include <sys/mman.h>

namespace mneme {
namespace {

constexpr size_t MIB = size_t{1} << 20;
constexpr size_t HUGE_PAGE = 2 * MIB;
constexpr size_t SMALLEST = MIB;
constexpr size_t SEGMENT = 4096 * MIB;  // address space; memory only where it is touched
constexpr size_t MOST_SEGMENTS = 1024;
constexpr size_t IDLE = 64 * MIB;
constexpr size_t SCATTERED = 256 * MIB;
constexpr size_t SMALL_PAGE = 4096;
constexpr size_t ALIGNMENT = 64;  // libtorch's

constexpr uintptr_t round_up(uintptr_t n, size_t to) { return (n + to - 1) / to * to; }

// Address space that begins at a huge page and asks for them, or null if the system refuses, as it does when there can never be so much
// memory.
char* map_pages(size_t bytes) {
    void* mapped = mmap(nullptr, bytes + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) {
        return nullptr;
    }
    auto start = static_cast<char*>(mapped);
    auto aligned = reinterpret_cast<char*>(round_up(reinterpret_cast<uintptr_t>(start), HUGE_PAGE));
    if (aligned > start) {
        munmap(start, aligned - start);
    }
    size_t after = start + HUGE_PAGE - aligned;
    if (after > 0) {
        munmap(aligned + bytes, after);
    }
    madvise(aligned, bytes, MADV_HUGEPAGE);  // a kernel without huge pages says no, and gives small ones
    return aligned;
}

// Segments of address space, cut into blocks: the smallest that is large enough is taken, and free neighbours become one. A segment stays
// for good.
class Segments {
public:
    // Whether a block is of these: asked without a lock, for each tensor that is freed.
    bool own(const void* block) const {
        auto place = reinterpret_cast<uintptr_t>(block);
        for (size_t i = segments_.load(std::memory_order_acquire); i-- > 0;) {
            if (place - starts_[i] < sizes_[i]) {
                return true;
            }
        }
        return false;
    }

    // Null if the system has no more address space.
    char* take(size_t bytes) {
        bytes = round_up(bytes, ALIGNMENT);
        std::lock_guard<std::mutex> lock(mutex_);
        auto smallest = free_.lower_bound({bytes, nullptr});
        if (smallest == free_.end()) {
            smallest = add_segment(std::max(SEGMENT, round_up(bytes, HUGE_PAGE)));
            if (smallest == free_.end()) {
                return nullptr;
            }
        }
        char* start = smallest->second;
        Block& block = blocks_.find(start)->second;
        if (size_t left = block.size - bytes; left > 0) {  // what may throw comes before any change
            std::map<char*, Block> rest;
            size_t reach = block.reach - std::min(block.reach, bytes);
            rest.emplace(start + bytes, Block{left, reach, std::min(block.touched, reach), {}});
            free_.emplace(left, start + bytes);
            idle_of(start + bytes, left) += rest.begin()->second.touched;
            blocks_.insert(rest.extract(rest.begin()));
        }
        idle_of(start, block.size) -= block.touched;
        block.size = bytes;
        block.node = free_.extract(smallest);
        return start;
    }

    // Allocates nothing: it must not fail.
    void give_back(char* start) {
        std::lock_guard<std::mutex> lock(mutex_);
        Place place = blocks_.find(start);
        FreeBlocks::node_type node = std::move(place->second.node);
        place->second.touched = place->second.reach = place->second.size;
        if (Place next = std::next(place); next != blocks_.end() && joins(place, next)) {
            free_.erase({next->second.size, next->first});
            idle_of(next->first, next->second.size) -= next->second.touched;
            join(place, next);
        }
        if (place != blocks_.begin() && joins(std::prev(place), place)) {
            Place before = std::prev(place);
            free_.erase({before->second.size, before->first});
            idle_of(before->first, before->second.size) -= before->second.touched;
            join(before, place);
            place = before;
        }
        node.value() = {place->second.size, place->first};
        free_.insert(std::move(node));
        idle_of(place->first, place->second.size) += place->second.touched;
        if (idle_ > IDLE) {
            release();
        }
        if (scattered_ > SCATTERED) {
            release_scattered();
        }
    }

    std::mutex& mutex() { return mutex_; }

private:
    using FreeBlocks = std::set<std::pair<size_t, char*>>;

    struct Block {
        size_t size;
        // Of a free one: it has memory up to here at most, and so many bytes, not counted what lies in a huge page of a neighbour.
        size_t reach;
        size_t touched;
        FreeBlocks::node_type node;  // of a used one: its place among the free

        bool free() const { return node.empty(); }
    };
    using Place = std::map<char*, Block>::iterator;

    FreeBlocks::iterator add_segment(size_t bytes) {
        size_t i = segments_.load(std::memory_order_relaxed);
        char* segment = i < MOST_SEGMENTS ? map_pages(bytes) : nullptr;
        if (segment == nullptr) {
            return free_.end();
        }
        starts_[i] = reinterpret_cast<uintptr_t>(segment);
        sizes_[i] = bytes;
        segments_.store(i + 1, std::memory_order_release);
        blocks_.emplace(segment, Block{bytes, 0, 0, {}});
        return free_.emplace(bytes, segment).first;
    }

    static bool joins(Place first, Place second) {
        return first->second.free() && second->second.free() && first->first + first->second.size == second->first;
    }

    void join(Place first, Place second) {
        if (second->second.reach > 0) {
            first->second.reach = first->second.size + second->second.reach;
        }
        first->second.size += second->second.size;
        first->second.touched += second->second.touched;
        blocks_.erase(second);
    }

    // The pages that lie in a block as a whole: from .first up to .second, which is not above it where there are none.
    static std::pair<char*, char*> pages(char* start, size_t size, size_t page) {
        return {reinterpret_cast<char*>(round_up(reinterpret_cast<uintptr_t>(start), page)),
                reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(start + size) / page * page)};
    }

    // Where what a free block has touched is counted: whether it has a whole huge page.
    size_t& idle_of(char* start, size_t size) {
        auto [first, last] = pages(start, size, HUGE_PAGE);
        return first < last ? idle_ : scattered_;
    }

    void release(Block& block, char* start, size_t page) {
        auto [first, last] = pages(start, block.size, page);
        if (first < last) {
            madvise(first, last - first, MADV_DONTNEED);
        }
        idle_of(start, block.size) -= block.touched;
        block.touched = block.reach = 0;
    }

    // Gives memory of free blocks back, of the largest first, until half of what may lie idle is left; their addresses stay. A huge page
    // that a used block shares is kept.
    void release() {
        for (auto each = free_.rbegin(); each != free_.rend() && idle_ > IDLE / 2; ++each) {
            Block& block = blocks_.find(each->second)->second;
            if (auto [first, last] = pages(each->second, block.size, HUGE_PAGE); block.touched > 0 && first < last) {
                release(block, each->second, HUGE_PAGE);
            }
        }
    }

    // Gives back what lies between used blocks, in parts of huge pages that these share.
    void release_scattered() {
        for (const auto& [size, start] : free_) {
            Block& block = blocks_.find(start)->second;
            if (auto [first, last] = pages(start, size, HUGE_PAGE); block.touched > 0 && first >= last) {
                release(block, start, SMALL_PAGE);
            }
        }
    }

    std::mutex mutex_;
    std::map<char*, Block> blocks_;  // of all segments, by address
    FreeBlocks free_;
    size_t idle_ = 0;       // the sum of what free blocks with whole huge pages have touched
    size_t scattered_ = 0;  // of the others

    std::atomic<size_t> segments_{0};
    uintptr_t starts_[MOST_SEGMENTS];
    size_t sizes_[MOST_SEGMENTS];
};

Segments& segments() {
    static auto* const all = new Segments;  // never destroyed: tensors may live until the process ends
    return *all;
}

void give_back(void* block) {
    if (segments().own(block)) {
        segments().give_back(static_cast<char*>(block));
    } else {
        c10::GetDefaultCPUAllocator()->raw_deallocate(block);
    }
}

struct HugePageAllocator final : c10::Allocator {
    c10::DataPtr allocate(size_t bytes) override {
        void* block = bytes >= SMALLEST && bytes <= std::numeric_limits<ptrdiff_t>::max() ? segments().take(bytes) : nullptr;
        if (block == nullptr) {
            block = c10::GetDefaultCPUAllocator()->raw_allocate(bytes);  // which says what it lacks when there is no memory left
        }
        return {block, block, &mneme::give_back, c10::Device(c10::DeviceType::CPU)};
    }

    c10::DeleterFnPtr raw_deleter() const override { return &mneme::give_back; }

    void copy_data(void* to, const void* from, size_t bytes) const override { default_copy_data(to, from, bytes); }
};

// Above libtorch's own, of priority 0.
const bool installed = [] {
    c10::SetCPUAllocator(new HugePageAllocator, 1);
    // A child of fork must not find the lock held by a thread that it does not have.
    pthread_atfork([] { segments().mutex().lock(); }, [] { segments().mutex().unlock(); }, [] { segments().mutex().unlock(); });
    return true;
}();

}  // namespace
}  // namespace mneme
