"""The billing run: what should be asked for minus what is asked for already; read, plan, write, in chunks."""
