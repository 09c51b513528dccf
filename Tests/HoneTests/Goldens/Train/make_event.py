"""Golden bytes of a TensorBoard event file, written by TensorFlow's own record writer. Needs tensorflow.

    python make_event.py            # writes event.json beside this file
    python make_event.py FOLDER     # prints what TensorBoard reads from a run folder
"""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

if len(sys.argv) > 1:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(sys.argv[1])
    events.Reload()
    print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
else:
    import tensorflow as tf
    from tensorflow.core.util.event_pb2 import Event

    version = Event(wall_time=1234.5, file_version="brain.Event:2")
    event = Event(wall_time=1235.25, step=300)
    for tag, value in [("train/loss", 0.125), ("validation/accuracy", -3.0)]:
        event.summary.value.add(tag=tag, simple_value=value)
    out = {}
    for name, message in [("version", version), ("event", event)]:
        path = os.path.join(tempfile.mkdtemp(), "x")
        with tf.io.TFRecordWriter(path) as writer:
            writer.write(message.SerializeToString())
        out[name] = list(open(path, "rb").read())
    with open(os.path.join(HERE, "event.json"), "w") as file:
        json.dump(out, file)
