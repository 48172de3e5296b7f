"""Small pieces of HTML. Everything that comes from data passes through `escape` here."""
import dataclasses
import html

escape = html.escape


def tag(name, *content, **attributes):
    """content: finished HTML; attributes: plain values, `class_` and `for_` for Python's sake."""
    told = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
                   for key, value in attributes.items() if value is not None)
    return f"<{name}{told}>{''.join(content)}</{name}>"


@dataclasses.dataclass
class Table:
    """Rows of plain values; the first `names` columns name a row, the others hold numbers."""
    header: list
    rows: list
    names: int = 1
    # Columns that hold sentences: these may wrap.
    prose: tuple = ()
    strong: tuple = ()

    def html(self, caption):
        head = "".join(tag("th", escape(cell), scope="col",
                           class_=None if i < self.names or i in self.prose else "number")
                       for i, cell in enumerate(self.header))
        body = "".join(tag("tr", *(self._cell(i, cell) for i, cell in enumerate(row)))
                       for row in self.rows)
        table = tag("table", tag("caption", escape(caption)), tag("thead", tag("tr", head)),
                    tag("tbody", body))
        return tag("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)

    def _cell(self, index, cell):
        cell = "" if cell is None else str(cell)
        if index == 0:
            return tag("th", escape(cell), scope="row")
        kind = "prose" if index in self.prose else None if index < self.names else "number"
        text = escape(cell)
        return tag("td", tag("strong", text) if index in self.strong else text, class_=kind)


@dataclasses.dataclass
class Picture:
    """A figure: what page/*.js draws from `data`, how to read it, and the same as a table.

    `data` is {"kind": name of a builder in page/*.js (REPORT.build), …}; instead,
    {"choices": [{"label", "data"}]} lets the reader pick one.
    """
    title: str
    how: str
    data: dict
    table: Table | None = None
    choice: str = "Show"
    note: str = ""

    def html(self, identity, level):
        label = f"{identity}-title"
        body = [tag(f"h{level}", escape(self.title), id=label)]
        body.append(tag("p", escape(self.how), class_="how", id=f"{identity}-how"))
        if "choices" in self.data:
            options = "".join(tag("option", escape(choice["label"]), value=number)
                              for number, choice in enumerate(self.data["choices"]))
            body.append(tag("p", tag("label", escape(self.choice), " ",
                                     tag("select", options, data_for=identity)), class_="choice"))
        body.append(tag("div", class_="legend", data_legend=identity))
        body.append(tag("div", class_="chart", id=identity, role="img", aria_labelledby=label,
                        aria_describedby=f"{identity}-how"))
        if self.note:
            body.append(tag("p", escape(self.note), class_="note"))
        if self.table:
            body.append(tag("details", tag("summary", "The same as a table"),
                            self.table.html(self.title)))
        return tag("figure", *body)
