"""One forwarder per destination; transports and layouts."""
