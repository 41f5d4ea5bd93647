// The figures of the view of an expression: its graph with the words of the last step, and the
// curve with its tangent. For expression_view.cpp only.
#pragma once

#include "ui/panels/stage_views.hpp"

namespace downhill::ui {

// The graph, which scrolls where it is higher than `rect`, and the height that it takes.
float expression_graph_height(StageContext& c, float width, const ExpressionView& view);
void draw_expression_graph(StageContext& c, const Rect& rect, const ExpressionView& view);
// What the last step did, in at most `lines` lines from the top of `rect`.
void draw_expression_words(Canvas& canvas, const Rect& rect, const ExpressionView& view, int lines);
// The curve, its numbers, and the choice of the nudge.
void draw_expression_curve(StageContext& c, const Rect& rect, const ExpressionCurve& curve);

}  // namespace downhill::ui
