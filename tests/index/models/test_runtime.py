"""Running a served graph."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from index.errors import ModelError
from index.models.runtime import Runtime, WordTable


@pytest.fixture
def table(tmp_path: Path) -> WordTable:
    """Row i holds i and -i."""
    np.save(tmp_path / "words.npy", np.array([[i, -i] for i in range(10)], np.float16))
    return WordTable(tmp_path / "words.npy")


@pytest.fixture
def runtime(tmp_path: Path, table: WordTable) -> Runtime:
    """A graph that adds up the rows of its text."""
    axes = helper.make_tensor("axes", TensorProto.INT64, [1], [1])
    nodes = [helper.make_node("ReduceSum", ["words", "axes"], ["output"], keepdims=0)]
    inputs = [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", 2])]
    graph = helper.make_graph(nodes, "sum", inputs, [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 2])], [axes])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), str(tmp_path / "model.onnx"))
    return Runtime(tmp_path / "model.onnx", table)


def test_rows_come_in_the_shape_of_the_ids(table: WordTable) -> None:
    """Ids in any order and repeated give their rows as float32."""
    rows = table(np.array([[3, 1, 3]]))
    assert rows.dtype == np.float32
    assert rows.tolist() == [[[3, -3], [1, -1], [3, -3]]]


def test_results_come_in_order_with_progress(runtime: Runtime) -> None:
    """Each text gets its own result, in order, and progress counts them."""
    done: list[int] = []
    results = runtime.run([[1, 2], [5], [9, 9, 9]], done.append)
    assert [result.tolist() for result in results] == [[[3, -3]], [[5, -5]], [[27, -27]]]
    assert done == [1, 2, 3]


def test_an_interruption_stops_the_work(runtime: Runtime) -> None:
    """What is raised while texts are encoded comes out at once, and the texts that wait are dropped."""

    def interrupt(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runtime.run([[1]] * 1000, interrupt)


def test_a_damaged_graph_names_the_cure(tmp_path: Path, table: WordTable) -> None:
    """A graph that cannot be read is refused with what to do."""
    (tmp_path / "broken.onnx").write_bytes(b"\x00broken")
    with pytest.raises(ModelError, match=r"broken\.onnx cannot be opened .* delete its folder"):
        Runtime(tmp_path / "broken.onnx", table)
