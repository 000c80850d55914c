"""Sentences about the text of a file: YAML, keys, values, units. See messages.py."""

from collections.abc import Mapping
from typing import Final

TEXT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # The file as such
    "file-missing": (
        "文件不存在；请检查路径是否写对，相对路径从当前目录算起",
        "the file does not exist; check the path (a relative one starts from the current folder)",
    ),
    "file-empty": (
        "文件是空的；请照 config/plants/demo.yaml 填写 plant、connections 和 devices",
        "the file is empty; write plant, connections and devices as in config/plants/demo.yaml",
    ),
    "file-is-folder": (
        "这是一个文件夹，不是文件；请给出文件名",
        "this is a folder; name a file in it",
    ),
    "file-unreadable": (
        "文件打不开（{reason}）；请检查文件权限",
        "the file cannot be read ({reason}); check its permissions",
    ),
    "file-too-large": (
        "文件超过 {megabytes} MB；配置文件不应这么大，请检查是否选错了文件",
        (
            "the file is larger than {megabytes} MB; a configuration is not, so check that it is the right "
            "file"
        ),
    ),
    "not-utf-8": (
        "从这里起不是 UTF-8 编码（可能存成了 GBK）；请在编辑器中另存为 UTF-8",
        "not UTF-8 from here on (perhaps GBK); save the file as UTF-8",
    ),
    "folder-missing": (
        "文件夹不存在；请检查路径",
        "the folder does not exist; check the path",
    ),
    "yaml-tab": (
        "缩进用了制表符（Tab）；请改用空格，每级两个",
        "a tab is used for indentation; use spaces, two for each level",
    ),
    "yaml-full-width": (
        "用了中文全角符号“{character}”；请改成半角“{plain}”（冒号、逗号后面要空一格）",
        (
            "the full-width character '{character}' stands here; write '{plain}' (and a space after a "
            "colon or comma)"
        ),
    ),
    "yaml-character": (
        "文件里有不可见的控制字符 {character}；请删除",
        "the control character {character} stands here; delete it",
    ),
    "yaml-colon": (
        "这一行的冒号位置不对；冒号后面要空一格，值里含冒号时整个值要加双引号",
        "a colon is out of place; put a space after it, and quote a value that contains one",
    ),
    "yaml-bracket-open": (
        "这个括号没有正确结束（读到第 {line} 行出错）；请补上右括号，各项之间用半角逗号隔开",
        "this bracket is not closed (noticed at line {line}); close it, and put commas between items",
    ),
    "yaml-quote-open": (
        "引号没有成对；请补上右引号",
        "the quotation mark is not closed; close it",
    ),
    "yaml-needs-quotes": (
        "值不能以这个字符开头；请给整个值加双引号",
        "a value cannot begin with this character; put the value in double quotes",
    ),
    "yaml-alias-unknown": (
        "引用了没有定义的锚点；请先用 & 定义，再用 * 引用",
        "this alias (*) has no anchor (&) before it; define the anchor first",
    ),
    "yaml-alias-endless": (
        "锚点引用成环，或展开后过大；请去掉嵌套引用",
        "aliases refer to themselves or unfold endlessly; remove the nesting",
    ),
    "yaml-second-document": (
        "文件里有第二段（---）；一个文件只写一段，请删除分隔线",
        "a second document (---) begins here; a file holds one, so delete the separator",
    ),
    "yaml-indent": (
        "缩进与上文对不齐；同一级的各行要左对齐，列表项与键不能混写",
        ("the indentation does not fit what stands above; align keys of one level, do not mix list and keys"),
    ),
    "yaml-no-colon": (
        "这一行缺少冒号，或缩进不对；请写成“键: 值”，并与同级的键左对齐",
        "a colon is missing here, or the indentation is wrong; write 'key: value', aligned with its level",
    ),
    "yaml-too-deep": (
        "嵌套超过 {most} 层；请检查括号",
        "nested more than {most} deep; check the brackets",
    ),
    "yaml-syntax": (
        "不符合 YAML 语法（{detail}）；请对照示例检查这一行",
        "not valid YAML ({detail}); compare this line with an example",
    ),
    "yaml-key-not-text": (
        "键必须是一个词；请改为文字",
        "a key must be one word; write it as text",
    ),
    "yaml-tag": (
        "不支持标记 {tag}；请删除，值直接写成文字或数字",
        "the tag {tag} is not allowed; delete it and write plain text or a number",
    ),
    "duplicate-key": (
        "“{key}”重复，第 {first} 行已经写过；请删除其中一个或改名",
        "'{key}' stands twice (first at line {first}); delete or rename one",
    ),
    # Shape
    "missing-key": (
        "缺少“{key}”；请在这里补上",
        "'{key}' is missing; add it here",
    ),
    "unknown-key": (
        "不认识“{key}”；这里可以写：{known}",
        "'{key}' is not known; what may stand here: {known}",
    ),
    "unknown-key-near": (
        "不认识“{key}”；是不是要写“{nearest}”？这里可以写：{known}",
        "'{key}' is not known; did you mean '{nearest}'? What may stand here: {known}",
    ),
    "not-a-map": (
        "这里要写成“键: 值”的形式；请在下一行缩进后逐项填写",
        "a map of keys and values is expected; write them indented below",
    ),
    "not-a-list": (
        "这里要写成列表；请用方括号，例如 [1, 2]",
        "a list is expected; write e.g. [1, 2]",
    ),
    "not-text": (
        '{value} 被当成了数字或日期，这里要文字；请加双引号："{value}"',
        '{value} is read as a number or date, but text is expected; put it in quotes: "{value}"',
    ),
    "text-expected": (
        "这里要写一段文字；请填写",
        "text is expected; write it here",
    ),
    "empty-text": (
        "内容是空的；请填写",
        "the text is empty; fill it in",
    ),
    "not-a-number": (
        "“{value}”不是数字；请填数字",
        "'{value}' is not a number; write a number",
    ),
    "not-a-whole-number": (
        "“{value}”不是整数；请填整数",
        "'{value}' is not a whole number; write one",
    ),
    "not-yes-or-no": (
        "“{value}”既不是 true 也不是 false；请填其中之一",
        "'{value}' is neither true nor false; write one of them",
    ),
    "not-a-date": (
        "“{value}”不是日期；请写成年-月-日，例如 2027-03-01",
        "'{value}' is not a date; write year-month-day, e.g. 2027-03-01",
    ),
    "too-small": (
        "{value} 太小；最小为 {least}",
        "{value} is too small; the least is {least}",
    ),
    "not-positive": (
        "{value} 必须大于 {least}；请改正",
        "{value} must be above {least}; correct it",
    ),
    "too-large": (
        "{value} 太大；最大为 {most}",
        "{value} is too large; the most is {most}",
    ),
    "not-one-of": (
        "不能写“{value}”；可选：{known}",
        "'{value}' is not possible; choose one of: {known}",
    ),
    "not-one-of-near": (
        "不能写“{value}”；是不是要写“{nearest}”？可选：{known}",
        "'{value}' is not possible; did you mean '{nearest}'? Choose one of: {known}",
    ),
    "bad-identifier": (
        "“{value}”不能作编号；只用小写字母、数字和连字符，例如 co-12",
        "'{value}' cannot be an id; use lower-case letters, digits and hyphens, e.g. co-12",
    ),
    "endpoint-wrong": (
        "“{value}”不是 OPC UA 地址；请写成 opc.tcp://主机:端口，例如 opc.tcp://192.168.10.30:4840",
        "'{value}' is no OPC UA address; write opc.tcp://host:port, e.g. opc.tcp://192.168.10.30:4840",
    ),
    "url-wrong": (
        "“{value}”不是网址；请写完整地址，以 https:// 开头",
        "'{value}' is no URL; write the whole address, beginning with https://",
    ),
    "plant-id-wrong": (
        "“{value}”不能作企业编码；只用字母、数字、连字符和下划线",
        "'{value}' cannot be a plant's code; use letters, digits, hyphens and underscores",
    ),
    "region-wrong": (
        '“{value}”不是行政区划代码；应为六位数字，例如 "140800"（运城）',
        "'{value}' is no region code; it has six digits, e.g. \"140800\" (Yuncheng)",
    ),
    "listen-wrong": (
        "“{value}”不是监听地址；请写成 地址:端口，例如 127.0.0.1:8470",
        "'{value}' is no address to listen on; write address:port, e.g. 127.0.0.1:8470",
    ),
    "node-id-wrong": (
        "“{value}”不是 OPC UA 节点号；请写成例如 ns=2;s=furnace.tilt 或 nsu=http://…;s=furnace.tilt",
        "'{value}' is no OPC UA node id; write for example ns=2;s=furnace.tilt, or nsu=http://…;s=furnace.tilt",
    ),
    "hex-wrong": (
        "“{value}”不是十六进制字节；请写成例如 01 03 02 00 64（大写，空格隔开）",
        "'{value}' is no row of hexadecimal bytes; write for example 01 03 02 00 64",
    ),
    "invalid": (
        "值不对（{detail}）；请对照说明改正",
        "the value is not valid ({detail}); correct it",
    ),
    # Quantities
    "not-a-quantity": (
        "“{value}”不是带单位的数值；请写成例如 24 ppm 或 4.5 MPa",
        "'{value}' is not a number with a unit; write for example 24 ppm or 4.5 MPa",
    ),
    "not-a-duration": (
        "“{value}”不是时间；数字后面要带单位（{known}），例如 30 s",
        "'{value}' is not a duration; write a number with a unit ({known}), for example 30 s",
    ),
    "not-a-size": (
        "“{value}”不是容量；数字后面要带单位（{known}），例如 20 GB",
        "'{value}' is not a size; write a number with a unit ({known}), for example 20 GB",
    ),
    "unit-missing": (
        "{value} 没有写单位；请写成 {value} {into}",
        "{value} has no unit; write {value} {into}",
    ),
    "unit-unknown": (
        "不认识单位“{unit}”；请写该测点的单位或可换算的单位",
        "the unit '{unit}' is not known; use the point's unit or one that converts to it",
    ),
    "unit-other-dimension": (
        "单位 {unit} 不能换算成该测点的单位 {into}；请改用：{compatible}",
        "{unit} cannot be converted to the point's unit {into}; use one of: {compatible}",
    ),
    "gas-not-explosive": (
        "{gas} 没有爆炸下限数据，{unit} 与 {into} 不能换算；已知：{known}；请直接用 {into} 填写",
        (
            "no lower explosive limit of {gas} is known here, so {unit} does not convert to {into}; known: "
            "{known}; write it in {into}"
        ),
    ),
    "gas-not-stated": (
        (
            "{unit} 与 {into} 之间换算取决于气体和参比温度，该测点没有写明；请直接用 {into} 填写，"
            "或在测点上写 gas: {{substance: CO, reference_temperature: 0 °C}}"
        ),
        (
            "converting {unit} to {into} depends on the gas and its reference temperature, which the point "
            "does not state; write it in {into}, or give the point gas: {{substance: CO, "
            "reference_temperature: 0 °C}}"
        ),
    ),
}
