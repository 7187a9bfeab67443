/// \file A web page in one file: sections under a heading, in the style of assets/page.css. Nothing in it is loaded
/// from elsewhere.
#pragma once

#include <string>
#include <vector>

namespace tpc::driver::page {

/// `html` is markup; everything else plain text.
struct Section {
  std::string id;     ///< of the anchor
  std::string title;  ///< also its line in the contents
  std::string html;
};

/// A number to be seen first.
struct Fact {
  std::string name, value;
};

struct Head {
  std::string title;
  std::string subtitle;  ///< markup
  std::vector<Fact> facts;
};

/// The whole document.
std::string page(const Head& head, const std::vector<Section>& sections);

std::string escaped(const std::string& text);
std::string paragraph(const std::string& text);
/// With the words of diagnostics below it; without, if they are empty.
std::string note(const std::string& text, const std::string& diagnostics = "");

/// Rows of a table; what is a number stands at the right. Cells are plain text.
struct Column {
  std::string heading;
  bool number = false;
};
std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

/// `picture`: <svg>; `caption`: plain text, may be empty.
std::string figure(const std::string& title, const std::string& picture, const std::string& caption = "");
std::string figures(const std::string& inside);

}  // namespace tpc::driver::page
