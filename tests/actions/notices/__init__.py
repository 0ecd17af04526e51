"""Messages: made once, sent, tried again, cancelled."""
