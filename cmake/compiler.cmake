# One INTERFACE target carries what every target of ours is compiled with.
add_library(house_rules INTERFACE)
target_compile_options(house_rules INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wpedantic -Werror
  # GCC 12 sees uninitialised variants and overlapping strings where there are none (GCC bugs 105562, 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict>
  # What the standard library itself uses for std::stable_sort.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# A unity build compiles the sources of a room together: they share the parsing of headers, the templates and the inline
# functions, which are most of the work. `cmake --preset dev -DCMAKE_UNITY_BUILD=OFF` shows that each can be compiled alone.
if(CMAKE_UNITY_BUILD)
  # GCC treats the included sources as headers; Clang warns of names that shadow those of earlier sources in the unit.
  target_compile_options(house_rules INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> $<$<CXX_COMPILER_ID:Clang>:-Wno-shadow>)
  # GCC collects its garbage less often: a unit allocates up to 700 MB in all, and takes a tenth to a fifth less time.
  target_compile_options(house_rules INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1048576>) # in KiB
endif()

option(SANITIZE_ADDRESS "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(SANITIZE_THREAD "ThreadSanitizer" OFF)
if(SANITIZE_ADDRESS)
  # With libFuzzer's instrumentation, so that the fuzz targets can link the rooms that were built for the tests.
  set(sanitizers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
    -fsanitize-coverage-allowlist=${CMAKE_CURRENT_LIST_DIR}/fuzzed.txt)
elseif(SANITIZE_THREAD)
  set(sanitizers -fsanitize=thread)
else()
  target_compile_options(house_rules INTERFACE -fstack-protector-strong -fstack-clash-protection -fcf-protection)
  target_compile_definitions(house_rules INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_link_options(house_rules INTERFACE -Wl,-z,relro,-z,now -Wl,-z,noexecstack)
  # What of Boost and of us is never called is left out: pages of the program are most of its memory.
  target_compile_options(house_rules INTERFACE -ffunction-sections -fdata-sections)
  target_link_options(house_rules INTERFACE -Wl,--gc-sections)
endif()
if(sanitizers)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "the sanitizers are Clang's: cmake --fresh --preset asan, or tsan")
  endif()
  # Not optimised: that would take longer for instrumented code than it saves in the tests.
  add_compile_options(${sanitizers} -fno-omit-frame-pointer -g1)
  add_link_options(${sanitizers})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

# Most of the program waits for answers: small code is as fast there, takes less memory, and is compiled sooner. What is
# hot (see room.cmake) gets -O2. -O3 would make nothing faster: the scanner was measured with both.
string(REPLACE "-O3" "-Os" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
if(CMAKE_BUILD_TYPE STREQUAL Release)
  set(hot_options -O2)
endif()

# A precompiled header for all rooms but the hot ones: GCC takes it only with the macros that it was made with, of which -Os
# defines one.
add_library(library_macros INTERFACE)
target_link_libraries(house_rules INTERFACE library_macros)
target_compile_definitions(library_macros INTERFACE
  FMT_SHARED
  BOOST_JSON_STATIC_LINK BOOST_JSON_NO_LIB BOOST_CONTAINER_STATIC_LINK BOOST_CONTAINER_NO_LIB
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_ARRAY
  BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8) # the coroutines of one request are nested deeper than the default of 2
file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
add_library(precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
target_link_libraries(precompiled PRIVATE house_rules Boost::json fmt::fmt)
target_precompile_headers(precompiled PRIVATE ${CMAKE_CURRENT_LIST_DIR}/precompiled.hpp)
target_compile_options(house_rules INTERFACE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>) # for ccache

include(CheckPIESupported)
check_pie_supported()
