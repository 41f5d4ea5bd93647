// How Dear ImGui is compiled, for the page, the desktop and the tests alike (IMGUI_USER_CONFIG). The
// settings change its data structures, so every source file that includes it must see this file:
// the target `imgui` defines the macro for whoever links it.
#pragma once

// Curves and tiles of one frame can need more than 65,535 vertices.
#define ImDrawIdx unsigned int

#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMPLOT_DISABLE_OBSOLETE_FUNCTIONS
#define IM_OFFSETOF(type, member) offsetof(type, member)  // the one obsolete name ImPlot still uses

// The page is downloaded: no demo, no debug windows, no files (there is no imgui.ini).
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS
#define IMGUI_DISABLE_FILE_FUNCTIONS
