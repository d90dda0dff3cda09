"""The Streamlit page: `streamlit run app.py`, or `policy-assistant serve`."""

from assistant.page.main import show

if __name__ == "__main__":
    show()
