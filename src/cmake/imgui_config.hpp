// Compile options of Dear ImGui, for the page, the desktop and the tests alike (IMGUI_USER_CONFIG).
// They change its data structures, so every source file that includes Dear ImGui must see this
// file: the target `imgui` defines the macro for everything that links it.
#pragma once

// The curves and tiles of one frame can need more than 65,535 vertices.
#define ImDrawIdx unsigned int

#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMPLOT_DISABLE_OBSOLETE_FUNCTIONS
#define IM_OFFSETOF(type, member) offsetof(type, member)  // the one obsolete name ImPlot still uses

// Keeps the download small: no demo, no debug windows, no files (there is no imgui.ini).
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS
#define IMGUI_DISABLE_FILE_FUNCTIONS
