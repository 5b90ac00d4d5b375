#include "cli/tab_writer.hpp"

#include <algorithm>
#include <utility>

namespace berth::cli {

std::size_t displayWidth(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

void TabWriter::emit(const std::vector<std::string>& line, const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    text_ += line[i];
    if (i + 1 < line.size()) text_.append(widths[i] - displayWidth(line[i]), ' ');
  }
  text_ += '\n';
}

void TabWriter::format(
    const Lines& lines, std::size_t begin, std::size_t end, std::vector<std::size_t>& widths) {
  const std::size_t column = widths.size();
  const auto hasCell = [&](std::size_t i) { return lines[i].size() > column + 1; };
  for (std::size_t i = begin; i < end;) {
    if (!hasCell(i)) {
      emit(lines[i++], widths);
      continue;
    }
    std::size_t blockEnd = i;
    std::size_t width = layout_.minimum;
    for (; blockEnd < end && hasCell(blockEnd); ++blockEnd)
      width = std::max(width, displayWidth(lines[blockEnd][column]) + layout_.padding);
    if (layout_.remember) {
      if (remembered_.size() <= column) remembered_.resize(column + 1);
      width = remembered_[column] = std::max(width, remembered_[column]);
    }
    widths.push_back(width);
    format(lines, i, blockEnd, widths);
    widths.pop_back();
    i = blockEnd;
  }
}

std::string TabWriter::flush() {
  Lines lines;
  std::size_t begin = 0;
  while (begin < pending_.size()) {
    auto end = std::min(pending_.find('\n', begin), pending_.size());
    std::vector<std::string> cells(1);
    for (; begin < end; ++begin) {
      if (pending_[begin] == '\t') {
        cells.emplace_back();
      } else {
        cells.back() += pending_[begin];
      }
    }
    lines.push_back(std::move(cells));
    begin = end + 1;
  }
  pending_.clear();
  std::vector<std::size_t> widths;
  format(lines, 0, lines.size(), widths);
  return std::exchange(text_, {});
}

}  // namespace berth::cli
