/// @file
/// TabWriter: text whose columns line up, as Go's text/tabwriter lays it out.
///
/// A cell ends at a tab; the text after a line's last tab is no cell and does not
/// count.  Cells of neighboring lines at the same place are a column, as wide as
/// its widest cell plus the padding.  One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace berth::cli {

struct TabLayout {
  std::size_t minimum = 0;
  std::size_t padding = 2;
  bool remember = false;  // later blocks are never narrower (for watches)
};

class TabWriter {
 public:
  using Layout = TabLayout;

  explicit TabWriter(Layout layout = {}) : layout_(layout) {}

  void write(std::string_view text) { pending_ += text; }
  /// Everything written since the last call, laid out.
  std::string flush();

 private:
  using Lines = std::vector<std::vector<std::string>>;

  /// Lays out the cells of `lines[begin, end)` from column `depth` on.
  void format(
      const Lines& lines, std::size_t begin, std::size_t end, std::vector<std::size_t>& widths);
  void emit(const std::vector<std::string>& line, const std::vector<std::size_t>& widths);

  Layout layout_;
  std::string pending_;
  std::string text_;
  std::vector<std::size_t> remembered_;
};

/// The number of characters (code points) of UTF-8 text.
std::size_t displayWidth(std::string_view text);

}  // namespace berth::cli
