"""MQTT at QoS 1, by paho driven from our loop."""
