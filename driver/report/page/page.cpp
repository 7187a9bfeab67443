#include "driver/report/page/page.h"

#include "driver/provenance.h"
#include "driver/report/page/texts.h"
#include "equations/html.h"

namespace tpc::driver::page {
namespace {

/// Writes `text` in the place of {{name}}, which the skeleton has once.
void fill(std::string& skeleton, const std::string& name, std::string_view text) {
  const std::string place = "{{" + name + "}}";
  skeleton.replace(skeleton.find(place), place.size(), text);
}

std::string facts_html(const std::vector<Fact>& facts) {
  if (facts.empty()) return "";
  std::string text = "<dl class=\"facts\">\n";
  for (const Fact& fact : facts) {
    text += "<div><dt>" + escaped(fact.name) + "</dt><dd>" + escaped(fact.value) + "</dd></div>\n";
  }
  return text + "</dl>\n";
}

std::string contents_html(const std::vector<Section>& sections) {
  std::string text = "<nav aria-label=\"Contents\"><ul>\n";
  for (const Section& section : sections) {
    text += "<li><a href=\"#" + section.id + "\">" + escaped(section.title) + "</a></li>\n";
  }
  return text + "</ul></nav>\n";
}

}  // namespace

std::string page(const Head& head, const std::vector<Section>& sections) {
  std::string body = "<header>\n<div class=\"top\"><h1>" + escaped(head.title) +
                     "</h1><button id=\"theme\" type=\"button\" hidden>Light / dark</button></div>\n<p>" +
                     head.subtitle + "</p>\n" + facts_html(head.facts) +
                     (sections.size() > 1 ? contents_html(sections) : "") + "</header>\n<main>\n";
  for (const Section& section : sections) {
    body += "<section id=\"" + section.id + "\" aria-labelledby=\"" + section.id + "-title\">\n<h2 id=\"" + section.id +
            "-title\">" + escaped(section.title) + "</h2>\n" + section.html + "</section>\n";
  }
  std::string text(asset("page.html"));
  fill(text, "version", version());
  fill(text, "title", escaped(head.title));
  fill(text, "style", asset("page.css"));
  fill(text, "script", asset("page.js"));
  fill(text, "body", body + "</main>\n");  // last: what it says of the program may look like a place
  return text;
}

std::string escaped(const std::string& text) { return equations::math::html_escaped(text); }

std::string paragraph(const std::string& text) { return "<p>" + escaped(text) + "</p>\n"; }

std::string note(const std::string& text, const std::string& diagnostics) {
  return "<div class=\"note\">" + escaped(text) +
         (diagnostics.empty() ? "" : "<pre>" + escaped(diagnostics) + "</pre>") + "</div>\n";
}

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
  const auto cell = [&](const char* tag, size_t column, const std::string& text) {
    return "<" + std::string(tag) + (columns[column].number ? " class=\"number\">" : ">") + escaped(text) + "</" + tag +
           ">";
  };
  std::string text = "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>";
  for (size_t i = 0; i < columns.size(); ++i) text += cell("th", i, columns[i].heading);
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    text += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) text += cell("td", i, row[i]);
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string figure(const std::string& title, const std::string& picture, const std::string& caption) {
  return "<figure>" + (title.empty() ? "" : "<h3>" + escaped(title) + "</h3>") + picture +
         (caption.empty() ? "" : "<figcaption>" + escaped(caption) + "</figcaption>") + "</figure>\n";
}

std::string figures(const std::string& inside) { return "<div class=\"figures\">\n" + inside + "</div>\n"; }

}  // namespace tpc::driver::page
