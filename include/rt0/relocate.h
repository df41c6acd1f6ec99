// The types whose objects may be moved to another address by copying their bytes.
#pragma once

namespace rt0 {

// True if an object of type T may be copied to another address as bytes, and the old bytes be dropped, instead of a
// move and a destructor. A value of such a type goes through channels without an allocation. It is true for every
// trivially copyable type. A program may set it for another type, of its own or of a library, whose objects hold no
// pointer into themselves and whose address is stored nowhere else. It must not be set for std::string (a short text
// lies in the object itself), nor for std::list and std::map (the list's first node lies in the object).
//   template <class T>
//   inline constexpr bool rt0::kRelocatable<std::unique_ptr<T>> = true;
template <class T>
inline constexpr bool kRelocatable = __is_trivially_copyable(T);

}  // namespace rt0
