# One INTERFACE target carries what every target of ours is compiled with.
add_library(house_rules INTERFACE)
target_compile_options(house_rules INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror
  # GCC 12 sees uninitialised variants and overlapping strings where there are none (GCC bugs 105562, 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>)

option(SANITIZE_ADDRESS "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(SANITIZE_THREAD "ThreadSanitizer" OFF)
if(SANITIZE_ADDRESS)
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
elseif(SANITIZE_THREAD)
  set(sanitizers -fsanitize=thread -fno-omit-frame-pointer)
else()
  target_compile_options(house_rules INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  target_compile_definitions(house_rules INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_link_options(house_rules INTERFACE -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
  # What of Boost and of us is never called is left out: pages of the program are most of its memory.
  target_compile_options(house_rules INTERFACE -ffunction-sections -fdata-sections)
  target_link_options(house_rules INTERFACE -Wl,--gc-sections)
endif()
if(sanitizers)
  # The instrumentation makes some of GCC's own warnings unreliable.
  add_compile_options(${sanitizers} -O1 -g1 -Wno-tsan -Wno-mismatched-new-delete)
  add_link_options(${sanitizers})
endif()

include(CheckPIESupported)
check_pie_supported()
