#include "ui/expression_layout.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace downhill::ui {
namespace {

constexpr float kLeastWidth = 78, kMostWidth = 148;                   // of a box
constexpr float kLeastBetween = 22, kMostBetween = 64, kBeside = 12;  // layers; boxes of a layer
constexpr float kPassing = 10;                                        // a way that passes a layer
constexpr int kSweeps = 12;

// A node in its layer, or the way from a node past a layer.
struct Item {
  uint32_t node = 0;
  bool passes = false;
  std::vector<size_t> before, after;  // items of the layers beside it
  float at = 0;                       // its middle, across the layers
};

class Layers {
 public:
  explicit Layers(const ExpressionView& view) : view_(view) {
    find_layers();
    add_items();
    order();
  }

  size_t count() const { return layers_.size(); }
  const std::vector<size_t>& operator[](size_t layer) const { return layers_[layer]; }
  std::vector<Item>& items() { return items_; }
  size_t layer_of(uint32_t node) const { return layer_[node]; }
  size_t item_of(uint32_t node, size_t layer) const { return chain_[node][layer - layer_[node]]; }
  size_t widest() const {
    size_t most = 0;
    for (const auto& layer : layers_) most = std::max(most, layer.size());
    return most;
  }

 private:
  void find_layers() {
    const size_t n = view_.nodes.size();
    layer_.assign(n, 0);
    for (size_t i = 0; i < n; ++i) {
      for (const ExpressionLink& link : view_.nodes[i].inputs) {
        layer_[i] = std::max(layer_[i], layer_[link.node] + 1);
      }
    }
    for (size_t i = 0; i < n; ++i) {
      if (!view_.nodes[i].inputs.empty()) continue;
      size_t first = n;
      for (size_t k = 0; k < n; ++k) {
        for (const ExpressionLink& link : view_.nodes[k].inputs) {
          if (link.node == i) first = std::min(first, layer_[k]);
        }
      }
      layer_[i] = first == n ? 0 : first - 1;
    }
    layers_.resize(n == 0 ? 0 : *std::ranges::max_element(layer_) + 1);
  }

  // Each node, and behind it its ways as far as they pass layers.
  void add_items() {
    const size_t n = view_.nodes.size();
    std::vector<size_t> last = layer_;
    for (size_t i = 0; i < n; ++i) {
      for (const ExpressionLink& link : view_.nodes[i].inputs) {
        last[link.node] = std::max(last[link.node], layer_[i] - 1);
      }
    }
    chain_.resize(n);
    for (uint32_t i = 0; i < n; ++i) {
      for (size_t layer = layer_[i]; layer <= last[i]; ++layer) {
        const size_t item = items_.size();
        items_.push_back({.node = i, .passes = layer > layer_[i], .before = {}, .after = {}});
        layers_[layer].push_back(item);
        if (layer > layer_[i]) join(chain_[i].back(), item);
        chain_[i].push_back(item);
      }
    }
    for (uint32_t i = 0; i < n; ++i) {
      for (const ExpressionLink& link : view_.nodes[i].inputs) {
        join(item_of(link.node, layer_[i] - 1), item_of(i, layer_[i]));
      }
    }
  }

  void join(size_t a, size_t b) {
    items_[a].after.push_back(b);
    items_[b].before.push_back(a);
  }

  // Sweeps to and fro: each layer in the order of the mean place of its neighbours. The best order
  // seen is kept.
  void order() {
    number_places();
    auto best = layers_;
    size_t fewest = crossings();
    for (int sweep = 0; sweep < kSweeps && fewest > 0; ++sweep) {
      const bool onward = sweep % 2 == 0;
      for (size_t k = 1; k < layers_.size(); ++k) {
        sort_layer(layers_[onward ? k : layers_.size() - 1 - k], onward);
      }
      const size_t now = crossings();
      if (now < fewest) {
        fewest = now;
        best = layers_;
      }
    }
    layers_ = best;
    number_places();
  }

  void number_places() {
    for (const auto& layer : layers_) {
      for (size_t k = 0; k < layer.size(); ++k) items_[layer[k]].at = static_cast<float>(k);
    }
  }

  void sort_layer(std::vector<size_t>& layer, bool onward) {
    const auto mean = [&](size_t item) {
      const std::vector<size_t>& beside = onward ? items_[item].before : items_[item].after;
      if (beside.empty()) return items_[item].at;
      float sum = 0;
      for (const size_t other : beside) sum += items_[other].at;
      return sum / static_cast<float>(beside.size());
    };
    std::vector<std::pair<float, size_t>> order;
    for (const size_t item : layer) order.emplace_back(mean(item), item);
    std::ranges::stable_sort(order, {}, &std::pair<float, size_t>::first);
    for (size_t k = 0; k < layer.size(); ++k) {
      layer[k] = order[k].second;
      items_[layer[k]].at = static_cast<float>(k);
    }
  }

  size_t crossings() const {
    size_t count = 0;
    for (const auto& layer : layers_) {
      std::vector<std::pair<float, float>> ways;
      for (const size_t item : layer) {
        for (const size_t other : items_[item].after) {
          ways.emplace_back(items_[item].at, items_[other].at);
        }
      }
      for (size_t a = 0; a < ways.size(); ++a) {
        for (size_t b = a + 1; b < ways.size(); ++b) {
          count += (ways[a].first - ways[b].first) * (ways[a].second - ways[b].second) < 0 ? 1 : 0;
        }
      }
    }
    return count;
  }

  const ExpressionView& view_;
  std::vector<size_t> layer_;
  std::vector<std::vector<size_t>> layers_, chain_;  // of items; by node
  std::vector<Item> items_;
};

// How much room an item takes across its layer.
float extent(const ExpressionView& view, const Item& item, bool rows, float width) {
  if (item.passes) return kPassing;
  if (rows) return width;
  const ExpressionNode& node = view.nodes[item.node];
  return node.op.empty() && node.name.empty() ? kNumberHeight : kNodeHeight;
}

float natural(const ExpressionView& view, Layers& layers, size_t layer, bool rows, float width) {
  float sum = -kBeside;
  for (const size_t item : layers[layer]) {
    sum += extent(view, layers.items()[item], rows, width) + kBeside;
  }
  return sum;
}

// Gives each item of a layer its place: near the mean of its neighbours, apart from each other.
void place_layer(const ExpressionView& view, Layers& layers, size_t layer, bool rows, float width,
                 float room) {
  std::vector<Item>& items = layers.items();
  float end = 0, off = 0;
  std::vector<float> wanted;
  for (const size_t i : layers[layer]) {
    Item& item = items[i];
    float sum = 0;
    for (const auto* beside : {&item.before, &item.after}) {
      for (const size_t other : *beside) sum += items[other].at;
    }
    const size_t count = item.before.size() + item.after.size();
    wanted.push_back(count == 0 ? room / 2 : sum / static_cast<float>(count));
    const float half = extent(view, item, rows, width) / 2;
    item.at = std::max(wanted.back(), end + half);
    off += wanted.back() - item.at;
    end = item.at + half + kBeside;
  }
  if (layers[layer].empty()) return;
  // As a whole it lies around where its items belong, and inside.
  const auto half_of = [&](size_t i) { return extent(view, items[i], rows, width) / 2; };
  const size_t first = layers[layer].front(), last = layers[layer].back();
  float shift = off / static_cast<float>(layers[layer].size());
  shift = std::min(shift, room - half_of(last) - items[last].at);
  shift = std::max(shift, half_of(first) - items[first].at);
  for (const size_t i : layers[layer]) items[i].at += shift;
  // Gaps between places that are far apart give way, from the end on.
  float limit = room;
  for (auto i = layers[layer].rbegin(); i != layers[layer].rend(); ++i) {
    items[*i].at = std::min(items[*i].at, limit - half_of(*i));
    limit = items[*i].at - half_of(*i) - kBeside;
  }
}

void place_all(const ExpressionView& view, Layers& layers, bool rows, float width, float room) {
  for (size_t layer = 0; layer < layers.count(); ++layer) {
    float at = (room - natural(view, layers, layer, rows, width)) / 2;
    for (const size_t i : layers[layer]) {
      const float size = extent(view, layers.items()[i], rows, width);
      layers.items()[i].at = at + size / 2;
      at += size + kBeside;
    }
  }
  for (int sweep = 0; sweep < 6; ++sweep) {
    for (size_t k = 0; k < layers.count(); ++k) {
      place_layer(view, layers, sweep % 2 == 0 ? k : layers.count() - 1 - k, rows, width, room);
    }
  }
}

// Where the k-th of `count` ways ends on a side from `low` to `high`.
float on_side(float low, float high, size_t k, size_t count) {
  return low + (high - low) * static_cast<float>(k + 1) / static_cast<float>(count + 1);
}

// The ways along their places in the layers. `along`: where a layer begins and ends.
void find_ways(const ExpressionView& view, Layers& layers,
               const std::vector<std::pair<float, float>>& along, ExpressionLayout& out) {
  const auto point = [&](float main, float cross) {
    return out.rows ? Vec{cross, main} : Vec{main, cross};
  };
  for (uint32_t i = 0; i < view.nodes.size(); ++i) {
    const std::vector<ExpressionLink>& inputs = view.nodes[i].inputs;
    for (size_t k = 0; k < inputs.size(); ++k) {
      const uint32_t from = inputs[k].node;
      std::vector<Vec>& way = out.ways.emplace_back();
      const Rect &start = out.boxes[from], &end = out.boxes[i];
      way.push_back(out.rows ? Vec{start.center().x, start.y1} : Vec{start.x1, start.center().y});
      for (size_t layer = layers.layer_of(from) + 1; layer < layers.layer_of(i); ++layer) {
        const float cross = layers.items()[layers.item_of(from, layer)].at;
        way.push_back(point(along[layer].first, cross));
        way.push_back(point(along[layer].second, cross));
      }
      way.push_back(out.rows ? Vec{on_side(end.x0, end.x1, k, inputs.size()), end.y0}
                             : Vec{end.x0, on_side(end.y0, end.y1, k, inputs.size())});
    }
  }
}

// Layers from left to right, or from top to bottom, with room across for all of each.
ExpressionLayout regular(const ExpressionView& view, Layers& layers, bool rows, float width) {
  ExpressionLayout out;
  out.rows = rows;
  out.boxes.resize(view.nodes.size());
  const auto n = static_cast<float>(layers.count());
  const float most = static_cast<float>(layers.widest());
  const float box = std::clamp(
      rows ? (width - (most - 1) * kBeside) / most : (width - (n - 1) * kMostBetween) / n,
      kLeastWidth, kMostWidth);
  float room = width;
  if (!rows) {
    room = kNodeHeight;
    for (size_t l = 0; l < layers.count(); ++l) {
      room = std::max(room, natural(view, layers, l, rows, box));
    }
  }
  place_all(view, layers, rows, box, room);
  const float deep = rows ? kNodeHeight : box;
  const float between =
      rows || n < 2 ? kLeastBetween + 6 : std::min((width - n * box) / (n - 1), kMostBetween);
  std::vector<std::pair<float, float>> along;
  float at = rows ? 0 : (width - n * box - (n - 1) * between) / 2;
  for (size_t layer = 0; layer < layers.count(); ++layer, at += deep + between) {
    along.emplace_back(at, at + deep);
    for (const size_t i : layers[layer]) {
      const Item& item = layers.items()[i];
      if (item.passes) continue;
      const float size = extent(view, item, rows, box);
      out.boxes[item.node] =
          rows ? Rect::at(item.at - box / 2, at, box, extent(view, item, false, box))
               : Rect::at(at, item.at - size / 2, box, size);
    }
  }
  out.size = {width, rows ? at - between : room};
  find_ways(view, layers, along, out);
  return out;
}

// Rows from top to bottom, each broken into as many as it needs; ways go straight.
ExpressionLayout broken(const ExpressionView& view, const Layers& layers, Layers& items,
                        float width) {
  ExpressionLayout out;
  out.rows = true;
  out.boxes.resize(view.nodes.size());
  const auto fits =
      static_cast<size_t>(std::max(1.0f, std::floor((width + kBeside) / (kLeastWidth + kBeside))));
  const float box = (width - static_cast<float>(fits - 1) * kBeside) / static_cast<float>(fits);
  float y = 0;
  for (size_t layer = 0; layer < layers.count(); ++layer) {
    size_t column = 0;
    for (const size_t i : layers[layer]) {
      const Item& item = items.items()[i];
      if (item.passes) continue;
      if (column == fits) {
        column = 0;
        y += kNodeHeight + kBeside;
      }
      out.boxes[item.node] =
          Rect::at(static_cast<float>(column++) * (box + kBeside), y, box, kNodeHeight);
    }
    y += kNodeHeight + kLeastBetween + 6;
  }
  for (uint32_t i = 0; i < view.nodes.size(); ++i) {
    const std::vector<ExpressionLink>& inputs = view.nodes[i].inputs;
    for (size_t k = 0; k < inputs.size(); ++k) {
      const Rect &start = out.boxes[inputs[k].node], &end = out.boxes[i];
      out.ways.push_back(
          {{start.center().x, start.y1}, {on_side(end.x0, end.x1, k, inputs.size()), end.y0}});
    }
  }
  out.size = {width, y - kLeastBetween - 6};
  return out;
}

}  // namespace

ExpressionLayout lay_out(const ExpressionView& view, float width) {
  if (view.nodes.empty()) return {};
  Layers layers(view);
  const auto n = static_cast<float>(layers.count());
  if (n * kLeastWidth + (n - 1) * kLeastBetween <= width)
    return regular(view, layers, false, width);
  for (size_t layer = 0; layer < layers.count(); ++layer) {
    if (natural(view, layers, layer, true, kLeastWidth) > width)
      return broken(view, layers, layers, width);
  }
  return regular(view, layers, true, width);
}

}  // namespace downhill::ui
