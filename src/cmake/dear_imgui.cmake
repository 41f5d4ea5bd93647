# Dear ImGui and ImPlot, compiled from source for every target, because ImDrawIdx is 32 bits wide
# here. Targets:
#   imgui            the core, without window or GL; tests run it without a screen
#   imgui_backends   its GLFW and OpenGL ES 3 backends, with GLFW and GLES themselves
#   implot           ImPlot, for values of type float and double only
#
# DOWNHILL_IMGUI_DIR and DOWNHILL_IMPLOT_DIR (variable or environment; web/toolchain.sh sets them)
# name the folders of the sources. Without them, the versions of Debian 13 are fetched.

function(dear_imgui_source out name repository tag)
  string(TOUPPER DOWNHILL_${name}_DIR variable)
  set(${variable} "$ENV{${variable}}" CACHE PATH "Folder of ${name}.h (empty: fetch it)")
  set(folder "${${variable}}")
  if(NOT folder)
    include(FetchContent)
    FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(${name})
    set(folder ${${name}_SOURCE_DIR})
  endif()
  if(NOT EXISTS ${folder}/${name}.h)
    message(FATAL_ERROR "${variable} is '${folder}', which holds no ${name}.h")
  endif()
  set(${out} ${folder} PARENT_SCOPE)
endfunction()

dear_imgui_source(imgui_dir imgui https://github.com/ocornut/imgui.git v1.90.1)
dear_imgui_source(implot_dir implot https://github.com/epezent/implot.git 1f7a8c0)

add_library(imgui STATIC ${imgui_dir}/imgui.cpp ${imgui_dir}/imgui_draw.cpp
            ${imgui_dir}/imgui_tables.cpp ${imgui_dir}/imgui_widgets.cpp)
target_include_directories(imgui SYSTEM PUBLIC ${imgui_dir})
# By its name, not its path: a compiler cache then serves other clones too.
target_include_directories(imgui PUBLIC ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(imgui PUBLIC IMGUI_USER_CONFIG="cmake/imgui_config.hpp")

add_library(implot STATIC ${implot_dir}/implot.cpp ${implot_dir}/implot_items.cpp)
target_include_directories(implot SYSTEM PUBLIC ${implot_dir})
target_compile_definitions(implot PRIVATE "IMPLOT_CUSTOM_NUMERIC_TYPES=(float)(double)")
target_link_libraries(implot PUBLIC imgui)

add_library(imgui_backends STATIC ${imgui_dir}/backends/imgui_impl_glfw.cpp
            ${imgui_dir}/backends/imgui_impl_opengl3.cpp ${PROJECT_SOURCE_DIR}/src/cmake/imgui_gl_state.cpp)
# Sends its queries of the GL state to imgui_gl_state.cpp, which says why.
set_source_files_properties(${imgui_dir}/backends/imgui_impl_opengl3.cpp PROPERTIES
                            COMPILE_DEFINITIONS glGetIntegerv=downhill_imgui_asks_gl)
target_include_directories(imgui_backends SYSTEM PUBLIC ${imgui_dir}/backends)
target_compile_definitions(imgui_backends PUBLIC IMGUI_IMPL_OPENGL_ES3)
target_link_libraries(imgui_backends PUBLIC imgui)

# The GL of this project is OpenGL ES 3.0: WebGL 2 in the page, EGL on the desktop. No extensions:
# Emscripten would enable all of them one by one, and a browser answers each request from another
# process (100 to 190 ms in all in Chromium).
if(EMSCRIPTEN)
  target_link_options(imgui_backends INTERFACE
    -sUSE_GLFW=3 -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2 -sGL_SUPPORT_AUTOMATIC_ENABLE_EXTENSIONS=0)
else()
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(GLFW REQUIRED IMPORTED_TARGET glfw3)
  pkg_check_modules(GLESV2 REQUIRED IMPORTED_TARGET glesv2)
  target_link_libraries(imgui_backends PUBLIC PkgConfig::GLFW PkgConfig::GLESV2 ${CMAKE_DL_LIBS})
endif()

foreach(library imgui implot imgui_backends)
  target_compile_options(${library} PRIVATE -w -fno-exceptions -fno-rtti)
  if(EMSCRIPTEN)
    target_compile_options(${library} PRIVATE $<$<CONFIG:Release>:-Oz>)
  endif()
endforeach()
