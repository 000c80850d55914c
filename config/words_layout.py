"""Sentences about layouts. See messages.py."""

from collections.abc import Mapping
from typing import Final

LAYOUT_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "layout-unknown": (
        "没有名为“{name}”的报文格式；可选：{known}，或写本文件旁的文件名 xxx.yaml",
        "there is no layout '{name}'; choose one of {known}, or name a file beside this one: our.yaml",
    ),
    "layout-unknown-near": (
        "没有名为“{name}”的报文格式；是不是要写“{nearest}”？可选：{known}",
        "there is no layout '{name}'; did you mean '{nearest}'? There are: {known}",
    ),
    "layout-missing": (
        "报文格式文件 {file} 不存在；请放到该位置，或改用自带的格式",
        "the layout file {file} does not exist; put it there, or use one that is shipped",
    ),
    "layout-other-protocol": (
        "报文格式“{name}”不能用于 {protocol}；请改用：{known}",
        "the layout '{name}' does not fit {protocol}; use one of: {known}",
    ),
    "not-a-rate": (
        "“{value}”不是速率；请写成 10/s 或 60/min",
        "'{value}' is no rate; write 10/s or 60/min",
    ),
    "layout-kind-unknown": (
        "没有“{kind}”这类报文；可以写：{known}",
        "there is no kind '{kind}'; there are: {known}",
    ),
    "layout-kind-unknown-near": (
        "没有“{kind}”这类报文；是不是要写“{nearest}”？可以写：{known}",
        "there is no kind '{kind}'; did you mean '{nearest}'? There are: {known}",
    ),
    "layout-kinds-lacking": (
        "没有说明这些报文如何处理：{kinds}；请写在 kinds 下，平台没有的写在 left_out 下并说明原因",
        "nothing is said of {kinds}; write them under kinds, or under left_out with the reason",
    ),
    "layout-kind-twice": (
        "“{kind}”既在 kinds 又在 left_out；请删除其中一处",
        "'{kind}' stands under kinds and under left_out; delete one of them",
    ),
    "query-path-wrong": (
        "“{value}”不是查询地址；请写相对于 url 的路径，如 result，不带 https:// 和查询参数",
        "'{value}' is no place to ask at; write a path as seen from url, like result, no https:// and no ?",
    ),
    "pending-never-asked": (
        "give_up 短于 every，一次都来不及查询；请把 give_up 写得更长",
        "give_up is shorter than every, so that nothing would ever be asked; make give_up longer",
    ),
    "code-range": (
        '“{value}”不是业务代码；请写成 1 或 "1001-1999"',
        "'{value}' is no business code; write 1, or \"1001-1999\" for a range",
    ),
    "refused-code-is-a-yes": (
        "“{value}”包含 0 或 200，这两个代码表示已接收；请从 refused 中去掉",
        "'{value}' includes 0 or 200, which say that data is accepted; take them out of refused",
    ),
    "pending-code-is-a-yes": (
        "代码 {value} 表示已接收，不能同时表示“结果待查”；请从 codes 中删除",
        "code {value} says that a message is accepted, it cannot say that the result will come; take it out",
    ),
    "layout-hj212-pending": (
        "HJ 212 没有查询结果的命令；请删除 pending",
        "HJ 212 has no command that asks for a result; take pending out",
    ),
    "layout-hj212-kind": (
        "HJ 212 没有“{kind}”的命令；请移到 left_out，kinds 下只能有：{known}",
        "HJ 212 has no command for '{kind}'; move it to left_out, and leave under kinds only: {known}",
    ),
    "layout-hj212-body": (
        "HJ 212 的报文内容由协议规定；请删除 body",
        "HJ 212 says itself how a message reads; delete body",
    ),
    "layout-body-missing": (
        "“{kind}”没有内容模板；请在这里写 body，或在文件顶层写共用的 body",
        "'{kind}' has no template; write a body here, or a common one at the top",
    ),
    "layout-place-unknown": (
        "没有“{name}”这一项；这里可以写：{known}",
        "there is no place '{name}'; here there are: {known}",
    ),
    "layout-place-unknown-near": (
        "没有“{name}”这一项；是不是要写“{nearest}”？这里可以写：{known}",
        "there is no place '{name}'; did you mean '{nearest}'? Here there are: {known}",
    ),
    "layout-place-expected": (
        "$from 后面应为一项的名称；例如 reading.time",
        "after $from a place is expected; for example reading.time",
    ),
    "layout-place-is-list": (
        "“{name}”是列表；请写成 {{$map: {name}, $to: …}}",
        "'{name}' is a list; write {{$map: {name}, $to: …}}",
    ),
    "layout-list-unknown": (
        "没有名为“{list}”的列表；这里有：{known}",
        "there is no list '{list}'; here there are: {known}",
    ),
    "layout-list-unknown-near": (
        "没有名为“{list}”的列表；是不是要写“{nearest}”？这里有：{known}",
        "there is no list '{list}'; did you mean '{nearest}'? Here there are: {known}",
    ),
    "layout-map-incomplete": (
        "$map 写法不对；应为 {{$map: 列表, $to: 每一项的内容}}",
        "this $map is not right; write {{$map: list, $to: how each item reads}}",
    ),
    "layout-form-unknown": (
        "没有“{key}”这种写法；可以写：{known}",
        "there is no '{key}'; there are: {known}",
    ),
    "layout-form-unknown-near": (
        "没有“{key}”这种写法；是不是要写“{nearest}”？可以写：{known}",
        "there is no '{key}'; did you mean '{nearest}'? There are: {known}",
    ),
    "layout-form-incomplete": (
        (
            "这里写法不对；应为 {{$from: 项, $format: 格式}}、"
            "{{$from: 项, $look_up: 表, $otherwise: 值}} 或 {{$value: 值}}"
        ),
        (
            "this is not right; write {{$from: place, $format: form}}, {{$from: place, $look_up: table, "
            "$otherwise: value}} or {{$value: constant}}"
        ),
    ),
    "layout-format-unknown": (
        "“{name}”没有“{format}”这种格式；可选：{known}",
        "'{name}' cannot be written as '{format}'; choose one of: {known}",
    ),
    "layout-format-unknown-near": (
        "“{name}”没有“{format}”这种格式；是不是要写“{nearest}”？可选：{known}",
        "'{name}' cannot be written as '{format}'; did you mean '{nearest}'? There are: {known}",
    ),
    "layout-format-none": (
        "“{name}”不需要格式（可选：{known}）；请删除 $format: {format}",
        "'{name}' has no formats ({known}); delete $format: {format}",
    ),
    "layout-table-unknown": (
        "没有名为“{table}”的对照表；look_up 下有：{known}",
        "there is no table '{table}'; under look_up there are: {known}",
    ),
    "layout-table-unknown-near": (
        "没有名为“{table}”的对照表；是不是要写“{nearest}”？look_up 下有：{known}",
        "there is no table '{table}'; did you mean '{nearest}'? Under look_up there are: {known}",
    ),
    "layout-table-lacks": (
        "对照表缺少：{words}；请补上，或在使用处写 $otherwise",
        "the table lacks {words}; add them, or write $otherwise where it is used",
    ),
}

LAYOUT_WARNINGS: Final[Mapping[str, tuple[str, str]]] = {
    "layout-unverified": (
        "报文格式“{layout}”未经平台方确认（{source}）；联调前请逐项核对",
        "no platform has confirmed the layout '{layout}' ({source}); compare every field with its document",
    ),
    "layout-pending-unused": (
        "报文格式“{layout}”的 pending 只用于 ministry-http，对平台 {uplink} 不起作用；可改用其他格式",
        "pending in the layout '{layout}' is for ministry-http and has no effect for {uplink}; use another",
    ),
    "layout-leaves-out": (
        "平台 {uplink} 将看不到：{unseen}；如不可接受，请改用其他报文格式或另加一路上报",
        (
            "the platform {uplink} will not see: {unseen}; if that will not do, use another layout or add "
            "an uplink"
        ),
    ),
}
