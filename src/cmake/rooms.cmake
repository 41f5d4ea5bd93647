# Compiler options of every target, and the function that declares a room.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Numbers are a contract: multiply, then add, in the order written, on every machine. FMA
# contraction would give AArch64 other bits than wasm. No x87: SSE2 is the x86 baseline.
add_compile_options(-ffp-contract=off)

if(EMSCRIPTEN)
  add_compile_options(-msimd128)
  # The C library copies and fills large blocks by a wasm instruction instead of a JavaScript call;
  # every browser with SIMD has it. Our own code keeps its loops, which are faster for small copies.
  add_link_options(-mbulk-memory)
  # For the modules of the site: a function with one caller is inlined there only if it is not
  # large. A browser compiles a function when it is first called, and with every command of a
  # session inlined into one function of 100 KB, that took 45 to 80 ms of the time to the first
  # step.
  set(DOWNHILL_INLINING -sBINARYEN_EXTRA_PASSES=--one-caller-inline-max-function-size=2000)
endif()

if(DOWNHILL_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

if(DOWNHILL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -g)
  add_link_options(-fsanitize=address,undefined)
endif()

# Warnings for our own code, not for Dear ImGui and ImPlot.
add_library(downhill_warnings INTERFACE)
target_compile_options(downhill_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wdouble-promotion -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 warns of overlapping copies in "text" + std::string where there are none (GCC bug
  # 105651), and of uninitialized members of a std::variant that is only moved (bug 105562).
  target_compile_options(downhill_warnings INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(DOWNHILL_WERROR)
  target_compile_options(downhill_warnings INTERFACE -Werror)
endif()

# downhill_room(<name> [SOURCES <extra>...] [DEPENDS <room or library>...]) declares a folder of
# src/ as the static library `downhill_<name>` of every .cpp in and below it. With SOURCES it takes
# only the .cpp directly in the folder, plus those: for a room with a subfolder per platform.
# DEPENDS are the arrows of the architecture: tests/architecture reads them and refuses an include
# that follows no arrow.
function(downhill_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPENDS" ${ARGN})
  if(ROOM_SOURCES)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  else()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  endif()
  list(APPEND sources ${ROOM_SOURCES})
  if(sources)
    add_library(downhill_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(downhill_${name} PRIVATE downhill_warnings)
    target_compile_options(downhill_${name} PRIVATE -fno-exceptions)
  else()
    add_library(downhill_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(downhill_${name} ${scope} ${CMAKE_CURRENT_SOURCE_DIR})
  if(DOWNHILL_SCALAR)
    target_compile_definitions(downhill_${name} ${scope} DOWNHILL_SCALAR=1)
  endif()
  foreach(dependency IN LISTS ROOM_DEPENDS)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${dependency})
      set(dependency downhill_${dependency})
    endif()
    target_link_libraries(downhill_${name} ${scope} ${dependency})
  endforeach()
endfunction()
