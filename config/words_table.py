"""Sentences about a contractor's point table as a whole; words_cell.py has its cells. See messages.py."""

from collections.abc import Mapping
from typing import Final

TABLE_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    # The file
    "table-file-too-large": (
        "文件超过 {megabytes} MB；点表不应这么大，请只留点表另存一份",
        "the file is larger than {megabytes} MB; a point table is not, so save the table alone",
    ),
    "table-not-text": (
        "这不是文本文件；请在 Excel 或 WPS 中另存为 .xlsx 或 CSV",
        "this is no text file; save it as .xlsx or CSV in Excel or WPS",
    ),
    "table-encoding": (
        "从这里起不是有效的 {encoding} 编码（字节 {bytes}）；请在 Excel 或 WPS 中改好这一行，另存为 .xlsx",
        (
            "no valid {encoding} from here on (bytes {bytes}); open it in Excel or WPS, mend this row and "
            "save as .xlsx"
        ),
    ),
    "table-quote-open": (
        "这里起有引号没有成对，或单元格过长；请检查这一行的英文双引号",
        'a quotation mark (") is left open from here on, or a cell is endless; check the quotes of this row',
    ),
    "table-too-large": (
        "表格延伸到这里，超过 {rows} 行或 {columns} 列；请删除表格以外的空行空列后再存",
        (
            "the table reaches here, beyond {rows} rows or {columns} columns; delete the empty rows and "
            "columns around it and save again"
        ),
    ),
    "table-old-excel": (
        "这是旧格式（.xls、.et）或带密码的文件；请去掉密码，另存为 .xlsx",
        "this is an old format (.xls, .et) or has a password; remove the password and save it as .xlsx",
    ),
    "table-not-xlsx": (
        "这个压缩文件里没有工作簿；请在 Excel 或 WPS 中另存为 .xlsx",
        "this zip holds no workbook; save the table as .xlsx in Excel or WPS",
    ),
    "table-damaged": (
        "文件已损坏，读不出工作表；请用 Excel 或 WPS 打开修复后另存为 .xlsx",
        "the file is damaged and no sheet can be read; open it in Excel or WPS, let it repair, save as .xlsx",
    ),
    "table-entities": (
        "文件里有 XML 实体定义，正常的点表没有，可能是攻击文件；请勿使用，向来源重新要一份",
        "the file defines XML entities, as an attack would and no table does; do not use it, ask for another",
    ),
    "table-unpacks-too-large": (
        "文件解压后超过 {megabytes} MB，可能是压缩炸弹或夹带了图片；请只留点表另存一份",
        (
            "unpacked, the file is larger than {megabytes} MB: a zip bomb, or full of pictures; save the "
            "table alone"
        ),
    ),
    "table-no-such-sheet": (
        "没有名为“{value}”的工作表；可选：{known}",
        "there is no sheet '{value}'; choose one of: {known}",
    ),
    "table-empty": (
        "表里没有一个测点；请检查是否选错了文件或工作表（--sheet）",
        "there is not a single point in the table; check that file and sheet (--sheet) are the right ones",
    ),
    # The header
    "table-header-missing": (
        (
            "找不到表头：前 40 行里没有一行同时有位号（或名称）和地址，认出的列：{found}；"
            "请补上表头，或用 --map 列名=字段 指明，例如 {needed}"
        ),
        (
            "no header: none of the first 40 rows names both tag (or name) and address, known columns: "
            "{found}; add it, or say --map COLUMN=FIELD, e.g. {needed}"
        ),
    ),
    "table-column-twice": (
        "{column}与{first}同名；请删除一列，或用 --map 指明用哪一列",
        "{column} and {first} have one meaning; delete one, or choose by --map",
    ),
    "table-column-ambiguous": (
        (
            "{column}可能是报警限，也可能是量程端；请写 --map {label}=hi（或 lo）表示报警限，"
            "--map {label}=range-high（或 range-low）表示量程"
        ),
        (
            "{column} may be an alarm limit or an end of the range; write --map {label}=hi (or lo) for the "
            "limit, --map {label}=range-high (or range-low) for the range"
        ),
    ),
    "table-column-level": (
        (
            "{column}说不清是高限还是高高限（各厂家一级、二级含义相反）；"
            "请写 --map {label}=hi，或 hihi、lo、lolo"
        ),
        (
            "{column} does not say which limit it is (makers number them in opposite ways); write "
            "--map {label}=hi, or hihi, lo, lolo"
        ),
    ),
    "table-columns-unused": (
        "这些列没有用到：{columns}；如有需要，用 --map 列名=字段 指明",
        "these columns are not used: {columns}; where one is needed, say --map COLUMN=FIELD",
    ),
    "table-sheet-passed-over": (
        "这张工作表没有点表的表头，未读取；如果它是点表，请用 --sheet 和 --map 指明",
        "this sheet has no header of a point table and is passed over; if it is one, say --sheet and --map",
    ),
    "table-sheet-hidden": (
        "隐藏的工作表未读取；需要时请取消隐藏",
        "a hidden sheet is passed over; unhide it where it is needed",
    ),
    "table-heading-row": (
        "“{value}”按小标题处理，不是测点；如果是测点，请填上地址",
        "'{value}' is taken for a heading, not for a point; if it is one, write its address",
    ),
    "table-spare-row": (
        "备用点，未导入；启用时请改名后再导入",
        "a spare point, not imported; give it a name once it is used",
    ),
    # Twice
    "table-tag-twice": (
        "位号“{tag}”重复，{first} 已经写过；请核对，每个测点的位号必须不同",
        "the tag '{tag}' stands twice (first at {first}); give every point its own",
    ),
    "table-address-twice": (
        "地址 {value} 与 {first} 的“{name}”重复；请核对站号、功能码和地址",
        "the address {value} is that of '{name}' at {first}; check unit id, function code and address",
    ),
    "table-addresses-overlap": (
        "地址 {value} 落在 {first} 的“{name}”所占的寄存器里；请核对地址和数据类型",
        "the address {value} lies in the registers of '{name}' at {first}; check addresses and types",
    ),
    "table-bit-twice": (
        "{value} 与 {first} 的“{name}”是同一位；请核对（Excel 会把 40001.10 变成 40001.1，请设为文本格式）",
        (
            "{value} is the same bit as '{name}' at {first}; check it (Excel makes 40001.1 of 40001.10: "
            "format the column as text)"
        ),
    ),
    "table-node-twice": (
        "节点 {value} 与 {first} 的“{name}”重复；请核对节点号，每个测点要有自己的节点",
        "the node {value} is that of '{name}' at {first}; check the node id, every point has its own",
    ),
    "table-device-differs": (
        "对设备“{device}”的说明与 {first} 不同；请只在该设备的第一行写 device",
        "what it says of the device '{device}' differs from {first}; write device in its first row alone",
    ),
    "table-device-known": (
        "{plant} 里已经有设备“{device}”；请在表中改设备编号，或先从配置文件中删除它",
        "{plant} has a device '{device}' already; give it another id in the table, or delete it there first",
    ),
}
